"""Messaging: the inbox, a thread, and sending into it."""

from base64 import b64decode

from flask import Blueprint, Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from linkmsg import clock, search
from linkmsg.actions import messages, reading
from linkmsg.actions import typing as typing_
from linkmsg.actions.faults import FilesRefused, MayNotWrite, NonceReused
from linkmsg.blueprints import access, limits, numbers, uploads
from linkmsg.blueprints.answers import done, fragment_or, is_partial, page
from linkmsg.blueprints.forms.messages import MessageForm, new_message
from linkmsg.blueprints.invite import instead_of_sending
from linkmsg.blueprints.wanted import results_of, searched
from linkmsg.live.hub import Hub
from linkmsg.models import Conversation, Participation, Relation
from linkmsg.models.inbox import FILTERS, Inbox
from linkmsg.models.side import Side
from linkmsg.models.thread import Changes, Thread

door = Blueprint("messaging", __name__, url_prefix="/messaging")

# The smallest picture there is: a transparent GIF of one pixel.
PIXEL = b64decode("R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==")


@door.get("")
def inbox() -> ResponseReturnValue:
    """One's conversations, the newest first."""
    return page("messages/inbox.html", inbox=_inbox())


@door.get("/rows")
def rows() -> ResponseReturnValue:
    """How the list that a page holds differs from what is there now."""
    held = numbers.marks("held")
    inbox = _inbox(numbers.optional("current"))
    since = numbers.optional("since") or 0
    missed = inbox.missed(held, since, Hub.here().present, clock.now())
    return fragment_or(url_for("messaging.inbox"), "messages/rows.html", missed=missed)


@door.get("/<id_:id>")
def thread(id: int) -> ResponseReturnValue:
    """A conversation at its newest, or at the message that `at` names, which `q` found."""
    part, conversation = access.my_participation(id)
    relation = _relation(conversation)
    if not request.args.get("at"):
        return _thread_page(Thread.newest(part, conversation, relation))
    seq = numbers.within("at", 1, conversation.last_seq)
    return _thread_page(Thread.around(part, conversation, relation, seq), searched=searched())


@door.post("/<id_:id>")
@uploads.csrf.exempt  # type: ignore[untyped-decorator]
def send(id: int) -> ResponseReturnValue:
    """Send a message; a text that can't be sent comes back with the reason."""
    part, conversation = access.my_participation(id)
    form = MessageForm.received()
    if not form.validate():
        return _refuse(part, conversation, form, form.status)
    try:
        limits.charge_message(access.viewer(), form.nonce.data)
        sent = messages.send(access.viewer(), id, form.body.data, form.nonce.data, form.keys)
    except (NonceReused, FilesRefused, limits.Limited) as fault:
        return _give_back(fault, part, conversation, form)
    except MayNotWrite as fault:
        return _may_not(fault, part, conversation, form)
    if not is_partial():
        return redirect(url_for("messaging.thread", id=id), 303)
    return _sent(id, form.held_revision(), sent)


@door.get("/<id_:id>/after")
def after(id: int) -> ResponseReturnValue:
    """What changed after the revision that a page holds."""
    access.my_participation(id)
    return _changes(id, numbers.needed("revision"), "messages/after.html")


@door.get("/<id_:id>/composer")
def composer(id: int) -> ResponseReturnValue:
    """Where one writes, or why one can't, when how the two stand has changed."""
    part, conversation = access.my_participation(id)
    shown = Thread.newest(part, conversation, _relation(conversation))
    address = url_for("messaging.thread", id=id)
    return fragment_or(address, "messages/thread_footer.html", thread=shown, form=new_message())


@door.post("/<id_:id>/typing")
def typing(id: int) -> ResponseReturnValue:
    """One is writing."""
    _, conversation = access.my_participation(id)
    if limits.may_signal(access.viewer(), id):
        typing_.type_in(access.viewer(), conversation)
    return Response(status=204)


@door.get("/<id_:id>/before")
def before(id: int) -> ResponseReturnValue:
    """The messages before a seq: as lines for an open log, else as a page of the past."""
    part, conversation = access.my_participation(id)
    seq = numbers.within("seq", 2, conversation.last_seq + 1)
    older = Thread.before(part, conversation, _relation(conversation), seq)
    return page("messages/older.html", thread=older) if is_partial() else _thread_page(older)


@door.get("/<id_:id>/later")
def later(id: int) -> ResponseReturnValue:
    """The messages from a seq on: as lines for a log opened in the past, else as a page."""
    part, conversation = access.my_participation(id)
    seq = numbers.within("seq", 1, conversation.last_seq)
    newer = Thread.later(part, conversation, _relation(conversation), seq)
    return page("messages/later.html", thread=newer) if is_partial() else _thread_page(newer)


@door.post("/<id_:id>/read")
def read(id: int) -> ResponseReturnValue:
    """Read up to the message that was really seen."""
    access.my_participation(id)
    reading.read(access.viewer(), id, numbers.needed("seq", request.form))
    return _row(id, url_for("messaging.thread", id=id))


@door.get("/<id_:id>/seen")
def seen(id: int) -> ResponseReturnValue:
    """The same for a page without JavaScript: a picture that is loaded when the page is shown."""
    access.my_participation(id)
    if access.is_ours():
        reading.read(access.viewer(), id, numbers.needed("seq"))
    return Response(PIXEL, mimetype="image/gif", headers={"Cache-Control": "no-store"})


@door.post("/<id_:id>/unread")
def unread(id: int) -> ResponseReturnValue:
    """Put it back to unread."""
    access.my_participation(id)
    reading.mark_unread(access.viewer(), id)
    if access.came_from() == url_for("messaging.thread", id=id):
        return done(url_for("messaging.inbox"))  # shown, it would be read again
    return _row(id, url_for("messaging.inbox"))


def _inbox(current_id: int | None = None) -> Inbox:
    wanted = request.args.get("filter", "all")
    before = numbers.optional("before") if request.endpoint == "messaging.inbox" else None
    return Inbox(access.viewer(), wanted if wanted in FILTERS else "all", before, current_id)


def _relation(conversation: Conversation) -> Relation:
    me = access.viewer()
    return Relation.between(me, conversation.peer_of(me.id), clock.now())


def _thread_page(
    shown: Thread, form: MessageForm | None = None, status: int = 200, searched: str = ""
) -> Response:
    at = next((line.message for line in shown.lines if line.message.seq == shown.at), None)
    return page(
        "messages/thread.html",
        status,
        thread=shown,
        inbox=_inbox(shown.conversation_id),
        results=results_of(searched) if searched else "",
        spans=search.spans_in(access.viewer(), searched, at.body) if at and searched else (),
        form=form or new_message(),
    )


def _refuse(
    part: Participation, conversation: Conversation, form: MessageForm, status: int
) -> Response:
    shown = Thread.newest(part, conversation, _relation(conversation))
    if is_partial():
        return page("messages/thread_footer.html", status, thread=shown, form=form.renewed())
    return _thread_page(shown, form.renewed(), status)


def _give_back(
    fault: NonceReused | FilesRefused | limits.Limited,
    part: Participation,
    conversation: Conversation,
    form: MessageForm,
) -> Response:
    form.give_back(str(fault))
    if isinstance(fault, limits.Limited):
        return fault.tell(_refuse(part, conversation, form, 429))
    return _refuse(part, conversation, form, 409)


def _may_not(
    fault: MayNotWrite, part: Participation, conversation: Conversation, form: MessageForm
) -> ResponseReturnValue:
    if is_partial():
        shown = Thread.newest(part, conversation, fault.relation)
        return page("messages/thread_footer.html", 403, thread=shown, form=form.renewed())
    return instead_of_sending(fault.relation, form.body.data)


def _sent(id: int, held: int, sent: messages.Sent) -> ResponseReturnValue:
    """All that a page which holds a revision has to learn after a send."""
    before = sent.message.revision - 1
    if sent.told and held >= before:
        return make_response(sent.told)
    return _changes(id, min(held, before), "messages/changes.html")


def _changes(id: int, revision: int, template: str) -> ResponseReturnValue:
    changes = Changes.after(access.viewer(), id, revision)
    answer = page(template, changes=changes)
    if changes.more:
        answer.headers["HX-Trigger"] = "catch-up"
    return answer


def _row(id: int, address: str) -> ResponseReturnValue:
    return fragment_or(address, "broadcasts/row.html", side=Side.of(access.viewer(), id))
