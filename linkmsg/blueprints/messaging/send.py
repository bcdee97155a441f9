"""Send a message in a conversation, and announce that the member is typing."""

from flask import Response, make_response, redirect, url_for
from flask.typing import ResponseReturnValue

from linkmsg.actions import messages
from linkmsg.actions import typing as typing_
from linkmsg.actions.errors import AttachmentsRefused, NonceReused, WritingNotAllowed
from linkmsg.blueprints.messaging.thread import changes_response, relationship_in, thread_page
from linkmsg.blueprints.people.connect import instead_of_sending
from linkmsg.forms.messages import MessageForm
from linkmsg.models.thread import Thread
from linkmsg.web import auth, csrf, permissions, rate_limits
from linkmsg.web.responses import is_fragment_request, page


@csrf.csrf_protect.exempt  # type: ignore[untyped-decorator]
def send(id: int) -> ResponseReturnValue:
    """Send a message in a conversation; one that can't be sent is returned with the reason."""
    permissions.check_participation(id)
    form = MessageForm.from_request()
    if not form.validate():
        return _refuse(id, form, form.status)
    try:
        rate_limits.enforce_message_limit(auth.viewer(), form.nonce.data)
        sent = messages.send(auth.viewer(), id, *form.content)
    except (NonceReused, AttachmentsRefused, rate_limits.RateLimited) as error:
        return _return_form(error, id, form)
    except WritingNotAllowed as error:
        return _not_allowed(error, id, form)
    if not is_fragment_request():
        return redirect(url_for("messaging.thread", id=id), 303)
    return _changes_since(id, form.page_revision(), sent)


def typing(id: int) -> ResponseReturnValue:
    """Show the other member that this one is typing, if both share it; at most every 3 seconds."""
    _, conversation = permissions.my_participation(id)
    if rate_limits.may_announce_typing(auth.viewer(), id):
        typing_.start_typing(auth.viewer(), conversation)
    return Response(status=204)


def _refuse(id: int, form: MessageForm, status: int) -> Response:
    part, conversation = permissions.my_participation(id)
    shown = Thread.newest(part, conversation, relationship_in(conversation))
    if is_fragment_request():
        return page("messages/thread_footer.html", status, thread=shown, form=form.with_new_nonce())
    return thread_page(shown, form.with_new_nonce(), status)


def _return_form(
    error: NonceReused | AttachmentsRefused | rate_limits.RateLimited, id: int, form: MessageForm
) -> Response:
    form.add_error(str(error))
    if isinstance(error, rate_limits.RateLimited):
        return _refuse(id, form, 429)
    return _refuse(id, form, 409)


def _not_allowed(error: WritingNotAllowed, id: int, form: MessageForm) -> ResponseReturnValue:
    if is_fragment_request():
        part, conversation = permissions.my_participation(id)
        shown = Thread.newest(part, conversation, error.relationship)
        return page("messages/thread_footer.html", 403, thread=shown, form=form.with_new_nonce())
    return instead_of_sending(error.relationship, form.body.data)


def _changes_since(id: int, page_revision: int, sent: messages.SendResult) -> ResponseReturnValue:
    """Return all changes that the sender's page has not shown yet, with the sent message.

    The page has shown all up to `page_revision`; the revision of a conversation is a number that
    grows with each change.
    """
    before = sent.message.revision - 1
    if sent.frame and page_revision >= before:
        return make_response(sent.frame)
    return changes_response(id, min(page_revision, before), "messages/changes.html")
