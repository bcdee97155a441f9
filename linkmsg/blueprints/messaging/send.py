"""Sending a message into a thread, and telling that one is typing."""

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
from linkmsg.web.responses import is_partial, page


@csrf.csrf_protect.exempt  # type: ignore[untyped-decorator]
def send(id: int) -> ResponseReturnValue:
    """Send a message; a text that can't be sent comes back with the reason."""
    permissions.check_participation(id)
    form = MessageForm.received()
    if not form.validate():
        return _refuse(id, form, form.status)
    try:
        rate_limits.charge_message(auth.viewer(), form.nonce.data)
        sent = messages.send(auth.viewer(), id, form.body.data, form.nonce.data, form.keys)
    except (NonceReused, AttachmentsRefused, rate_limits.Limited) as fault:
        return _give_back(fault, id, form)
    except WritingNotAllowed as fault:
        return _may_not(fault, id, form)
    if not is_partial():
        return redirect(url_for("messaging.thread", id=id), 303)
    return _sent(id, form.held_revision(), sent)


def typing(id: int) -> ResponseReturnValue:
    """One is writing."""
    _, conversation = permissions.my_participation(id)
    if rate_limits.may_signal(auth.viewer(), id):
        typing_.start_typing(auth.viewer(), conversation)
    return Response(status=204)


def _refuse(id: int, form: MessageForm, status: int) -> Response:
    part, conversation = permissions.my_participation(id)
    shown = Thread.newest(part, conversation, relationship_in(conversation))
    if is_partial():
        return page("messages/thread_footer.html", status, thread=shown, form=form.renewed())
    return thread_page(shown, form.renewed(), status)


def _give_back(
    fault: NonceReused | AttachmentsRefused | rate_limits.Limited, id: int, form: MessageForm
) -> Response:
    form.give_back(str(fault))
    if isinstance(fault, rate_limits.Limited):
        return fault.tell(_refuse(id, form, 429))
    return _refuse(id, form, 409)


def _may_not(fault: WritingNotAllowed, id: int, form: MessageForm) -> ResponseReturnValue:
    if is_partial():
        part, conversation = permissions.my_participation(id)
        shown = Thread.newest(part, conversation, fault.relationship)
        return page("messages/thread_footer.html", 403, thread=shown, form=form.renewed())
    return instead_of_sending(fault.relationship, form.body.data)


def _sent(id: int, held: int, sent: messages.SendResult) -> ResponseReturnValue:
    """All that a page which holds a revision has to learn after a send."""
    before = sent.message.revision - 1
    if sent.frame and held >= before:
        return make_response(sent.frame)
    return changes_response(id, min(held, before), "messages/changes.html")
