"""The inbox: a member's conversations."""

from flask import request, url_for
from flask.typing import ResponseReturnValue

from linkmsg import clock
from linkmsg.forms.invite_links import InviteLinkForm
from linkmsg.live.hub import Hub
from linkmsg.models.inbox import FILTERS, Inbox
from linkmsg.web import auth, params
from linkmsg.web.first_steps import FirstSteps
from linkmsg.web.responses import fragment_or_redirect, page


def inbox() -> ResponseReturnValue:
    """Show a page of the conversations, those with the latest messages first.

    A member who has none yet sees what to do first.
    """
    shown = requested_inbox()
    is_unused = shown.filter == "all" and shown.before is None and not shown.rows
    steps = FirstSteps.of(auth.viewer()) if is_unused else None
    form = InviteLinkForm.new() if steps and steps.can_invite else None
    return page("messages/inbox.html", inbox=shown, steps=steps, form=form)


def rows() -> ResponseReturnValue:
    """Return the rows of the inbox that differ from those in an open page.

    The page sends a hash of each row that it shows, in `held`.
    """
    held = params.fingerprints("held")
    inbox = requested_inbox(params.optional_int("current"))
    since = params.optional_int("since") or 0
    changes = inbox.changes_since(held, since, Hub.current().present, clock.now())
    return fragment_or_redirect(url_for("messaging.inbox"), "messages/rows.html", changes=changes)


def requested_inbox(current_id: int | None = None) -> Inbox:
    """Return the inbox with the filter and page that the URL asks for.

    `current_id` is the conversation that is open beside it: it stays listed among the unread.
    """
    filter_ = request.args.get("filter", "all")
    before = params.optional_int("before") if request.endpoint == "messaging.inbox" else None
    return Inbox(auth.viewer(), filter_ if filter_ in FILTERS else "all", before, current_id)
