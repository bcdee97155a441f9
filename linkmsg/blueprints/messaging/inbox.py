"""The inbox: a member's conversations."""

from flask import request, url_for
from flask.typing import ResponseReturnValue

from linkmsg import clock
from linkmsg.live.hub import Hub
from linkmsg.models.inbox import FILTERS, Inbox
from linkmsg.web import auth, params
from linkmsg.web.responses import fragment_or, page


def inbox() -> ResponseReturnValue:
    """One's conversations, the newest first."""
    return page("messages/inbox.html", inbox=requested_inbox())


def rows() -> ResponseReturnValue:
    """How the list that a page holds differs from what is there now."""
    held = params.marks("held")
    inbox = requested_inbox(params.optional("current"))
    since = params.optional("since") or 0
    changes = inbox.changes_since(held, since, Hub.here().present, clock.now())
    return fragment_or(url_for("messaging.inbox"), "messages/rows.html", changes=changes)


def requested_inbox(current_id: int | None = None) -> Inbox:
    """Return the page of the inbox that the request asks for."""
    wanted = request.args.get("filter", "all")
    before = params.optional("before") if request.endpoint == "messaging.inbox" else None
    return Inbox(auth.viewer(), wanted if wanted in FILTERS else "all", before, current_id)
