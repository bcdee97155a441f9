"""Threads: the pages of a conversation. `seq` is the number of a message in it, from 1."""

from typing import Any

from flask import Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from linkmsg import clock, search
from linkmsg.blueprints.messaging.inbox import requested_inbox
from linkmsg.forms.messages import MessageForm, new_message_form
from linkmsg.models import Conversation, Relationship
from linkmsg.models.thread import Thread, ThreadChanges
from linkmsg.web import auth, params, permissions
from linkmsg.web.responses import fragment_or_redirect, is_fragment_request, page
from linkmsg.web.search_request import query_from_address, results_address


def thread(id: int) -> ResponseReturnValue:
    """Show the newest messages, or those around the message `?at=` that the search `?q=` found."""
    part, conversation = permissions.my_participation(id)
    relationship = relationship_in(conversation)
    if not request.args.get("at"):
        return thread_page(Thread.newest(part, conversation, relationship))
    seq = params.int_in_range("at", 1, conversation.last_seq)
    return thread_page(
        Thread.around(part, conversation, relationship, seq), query=query_from_address()
    )


def after(id: int) -> ResponseReturnValue:
    """Return what changed in a conversation since a page loaded it.

    The page sends its `revision`, a number that grows with each change of the conversation.
    """
    permissions.my_participation(id)
    if not is_fragment_request():
        return redirect(url_for("messaging.thread", id=id), 303)
    return changes_response(id, params.required_int("revision"), "messages/after.html")


def composer(id: int) -> ResponseReturnValue:
    """Return the form to write a message, or the reason why the signed-in member may not write.

    Pages request it when the relationship of the two members has changed.
    """
    part, conversation = permissions.my_participation(id)
    shown = Thread.newest(part, conversation, relationship_in(conversation))
    address = url_for("messaging.thread", id=id)
    return fragment_or_redirect(
        address, "messages/thread_footer.html", thread=shown, form=new_message_form()
    )


def before(id: int) -> ResponseReturnValue:
    """Return the messages before the one with number `?seq=` in the conversation.

    htmx gets only the part to add to an open page, other requests get a whole page.
    """
    part, conversation = permissions.my_participation(id)
    seq = params.int_in_range("seq", 2, conversation.last_seq + 1)
    older = Thread.before(part, conversation, relationship_in(conversation), seq)
    return (
        page("messages/older.html", thread=older) if is_fragment_request() else thread_page(older)
    )


def later(id: int) -> ResponseReturnValue:
    """Return the messages from the one with number `?seq=` in the conversation on.

    htmx gets only the part to add to an open page, other requests get a whole page. Needed after a
    search result was opened, which may show older messages.
    """
    part, conversation = permissions.my_participation(id)
    seq = params.int_in_range("seq", 1, conversation.last_seq)
    newer = Thread.later(part, conversation, relationship_in(conversation), seq)
    return (
        page("messages/later.html", thread=newer) if is_fragment_request() else thread_page(newer)
    )


def thread_page(
    shown: Thread, form: MessageForm | None = None, status: int = 200, query: str = ""
) -> Response:
    """Return a page of a thread beside the inbox.

    `form` is the form to write a message, new by default. The words of `query` are highlighted in
    the message that a search has found.
    """
    inbox = requested_inbox(shown.conversation_id)
    return page("messages/thread.html", status, inbox=inbox, **_template_values(shown, form, query))


def thread_beside_results(id: int, seq: int | None, query: str) -> dict[str, Any]:
    """Return what templates need to show a thread beside the results of a search.

    It is shown at the message with number `seq`, or else at the newest ones.
    """
    part, conversation = permissions.my_participation(id)
    relationship = relationship_in(conversation)
    if seq is None:
        return _template_values(Thread.newest(part, conversation, relationship))
    if seq > conversation.last_seq:
        abort(404)
    return _template_values(Thread.around(part, conversation, relationship, seq), query=query)


def _template_values(
    shown: Thread, form: MessageForm | None = None, query: str = ""
) -> dict[str, Any]:
    at = next((entry.message for entry in shown.entries if entry.message.seq == shown.at), None)
    return {
        "thread": shown,
        "results_url": results_address(query) if query else "",
        "spans": search.match_spans(auth.viewer(), query, at.body) if at and query else (),
        "form": form or new_message_form(),
    }


def relationship_in(conversation: Conversation) -> Relationship:
    """Return the relationship of the two members of a conversation, such as connected."""
    me = auth.viewer()
    return Relationship.between(me, conversation.peer_of(me.id), clock.now())


def changes_response(id: int, revision: int, template: str) -> ResponseReturnValue:
    """Return what changed in a conversation after a revision, rendered with a template.

    If there is more, a header makes htmx ask again.
    """
    changes = ThreadChanges.after(auth.viewer(), id, revision)
    answer = page(template, changes=changes)
    if changes.has_more:
        answer.headers["HX-Trigger"] = "catch-up"
    return answer
