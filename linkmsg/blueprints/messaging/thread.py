"""A thread: one conversation, and pages of its past."""

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from linkmsg import clock, search
from linkmsg.blueprints.messaging.inbox import requested_inbox
from linkmsg.forms.messages import MessageForm, new_message
from linkmsg.models import Conversation, Relationship
from linkmsg.models.thread import Thread, ThreadChanges
from linkmsg.web import auth, params, permissions
from linkmsg.web.responses import fragment_or, is_partial, page
from linkmsg.web.search_request import results_of, searched


def thread(id: int) -> ResponseReturnValue:
    """A conversation at its newest, or at the message that `at` names, which `q` found."""
    part, conversation = permissions.my_participation(id)
    relationship = relationship_in(conversation)
    if not request.args.get("at"):
        return thread_page(Thread.newest(part, conversation, relationship))
    seq = params.within("at", 1, conversation.last_seq)
    return thread_page(Thread.around(part, conversation, relationship, seq), searched=searched())


def after(id: int) -> ResponseReturnValue:
    """What changed after the revision that a page holds."""
    permissions.my_participation(id)
    return changes_response(id, params.needed("revision"), "messages/after.html")


def composer(id: int) -> ResponseReturnValue:
    """Where one writes, or why one can't, when how the two stand has changed."""
    part, conversation = permissions.my_participation(id)
    shown = Thread.newest(part, conversation, relationship_in(conversation))
    address = url_for("messaging.thread", id=id)
    return fragment_or(address, "messages/thread_footer.html", thread=shown, form=new_message())


def before(id: int) -> ResponseReturnValue:
    """The messages before a seq: as lines for an open log, else as a page of the past."""
    part, conversation = permissions.my_participation(id)
    seq = params.within("seq", 2, conversation.last_seq + 1)
    older = Thread.before(part, conversation, relationship_in(conversation), seq)
    return page("messages/older.html", thread=older) if is_partial() else thread_page(older)


def later(id: int) -> ResponseReturnValue:
    """The messages from a seq on: as lines for a log opened in the past, else as a page."""
    part, conversation = permissions.my_participation(id)
    seq = params.within("seq", 1, conversation.last_seq)
    newer = Thread.later(part, conversation, relationship_in(conversation), seq)
    return page("messages/later.html", thread=newer) if is_partial() else thread_page(newer)


def thread_page(
    shown: Thread, form: MessageForm | None = None, status: int = 200, searched: str = ""
) -> Response:
    """Return a page of a thread beside the inbox."""
    at = next((entry.message for entry in shown.entries if entry.message.seq == shown.at), None)
    return page(
        "messages/thread.html",
        status,
        thread=shown,
        inbox=requested_inbox(shown.conversation_id),
        results=results_of(searched) if searched else "",
        spans=search.match_spans(auth.viewer(), searched, at.body) if at and searched else (),
        form=form or new_message(),
    )


def relationship_in(conversation: Conversation) -> Relationship:
    """Return how the viewer and the other participant are related."""
    me = auth.viewer()
    return Relationship.between(me, conversation.peer_of(me.id), clock.now())


def changes_response(id: int, revision: int, template: str) -> ResponseReturnValue:
    """Return what changed after a revision, and ask htmx to come back if there is more."""
    changes = ThreadChanges.after(auth.viewer(), id, revision)
    answer = page(template, changes=changes)
    if changes.has_more:
        answer.headers["HX-Trigger"] = "catch-up"
    return answer
