"""The inbox: a member's conversations."""

from flask import request, url_for
from flask.typing import ResponseReturnValue

from linkmsg import clock
from linkmsg.live.hub import Hub
from linkmsg.models.inbox import FILTERS, Inbox
from linkmsg.web import auth, params
from linkmsg.web.responses import fragment_or_redirect, page


def inbox() -> ResponseReturnValue:
    """Show the conversations, newest first."""
    return page("messages/inbox.html", inbox=requested_inbox())


def rows() -> ResponseReturnValue:
    """Return what changed in the list since a page loaded it."""
    held = params.fingerprints("held")
    inbox = requested_inbox(params.optional_int("current"))
    since = params.optional_int("since") or 0
    changes = inbox.changes_since(held, since, Hub.current().present, clock.now())
    return fragment_or_redirect(url_for("messaging.inbox"), "messages/rows.html", changes=changes)


def requested_inbox(current_id: int | None = None) -> Inbox:
    """Return the page of the inbox that the request asks for."""
    filter_ = request.args.get("filter", "all")
    before = params.optional_int("before") if request.endpoint == "messaging.inbox" else None
    return Inbox(auth.viewer(), filter_ if filter_ in FILTERS else "all", before, current_id)
