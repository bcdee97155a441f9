"""Send a message to an existing conversation (`send`), or to a member (`start`)."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from linkmsg import clock, wakeup
from linkmsg.actions.attachments import claim, has_attachments
from linkmsg.actions.conversations import add_message, open_conversation, take_numbers
from linkmsg.actions.errors import AttachmentsRefused, NonceReused, WritingNotAllowed
from linkmsg.db import db, writing
from linkmsg.live import broadcasts
from linkmsg.models import Conversation, Member, Message, Relationship


@dataclass(frozen=True)
class SendResult:
    """A sent message, and the `frame` that the author's open tabs received.

    A frame is HTML sent over the WebSocket. None if no tab is connected, or if the frame does
    not contain all changes.
    """

    message: Message
    frame: str | None


def send(
    author: Member, conversation_id: int, body: str, nonce: str, files: Collection[str] = ()
) -> SendResult:
    """Send a message to a conversation the author takes part in; `files` are attachment keys.

    `nonce` is the random id of the form: if it was sent before with the same content, nothing new
    is sent and that message is returned. At the end the open pages of both members show it.

    Raises:
        WritingNotAllowed: the relationship does not allow the author to write now.
        NonceReused: the nonce was used for other content or another conversation.
        AttachmentsRefused: a file is not the author's to send, or they are too many or too large.
    """
    try:
        with writing():
            conversation = take_numbers(conversation_id)
            _check_can_write_to(author, conversation.peer_of(author.id))
            sent = add_message(conversation, author, body, nonce, claim(author, files))
    except (IntegrityError, WritingNotAllowed, AttachmentsRefused):
        # A repeated send is the rare case: its nonce is looked up only after writing has failed.
        earlier = sent_with_nonce(author, conversation_id, body, nonce, files)
        if earlier is None:
            raise
        sent, conversation = earlier, db.session.get_one(Conversation, conversation_id)
    return _announce(sent, conversation, author)


def start(
    author: Member, recipient: Member, body: str, nonce: str, files: Collection[str] = ()
) -> SendResult:
    """Send a message to a member; create the conversation of the two if there is none.

    Arguments, result and errors are those of `send`.
    """
    try:
        with writing():
            db.session.scalars(Member.locked(author.id, recipient.id)).all()
            relationship = Relationship.between(author, recipient.id, clock.now())
            conversation = open_conversation(author, recipient)
            sent = sent_with_nonce(author, conversation.id, body, nonce, files)
            if sent is None:
                _check_can_write(relationship)
                locked = take_numbers(conversation.id)
                sent = add_message(locked, author, body, nonce, claim(author, files))
    except IntegrityError:
        raise NonceReused from None
    return _announce(sent, conversation, author)


def sent_with_nonce(
    author: Member, conversation_id: int, body: str, nonce: str, files: Collection[str] = ()
) -> Message | None:
    """Return the message an author sent with a nonce (the random id of a form); None if it is new.

    Raises:
        NonceReused: it was used for another text, other files or another conversation.
    """
    sent = db.session.scalars(*Message.by_nonce(author, nonce)).one_or_none()
    if sent is None:
        return None
    is_same = sent.body == body and sent.conversation_id == conversation_id
    if not is_same or ((files or sent.attached) and not has_attachments(sent, files)):
        raise NonceReused
    return sent


def _announce(sent: Message, conversation: Conversation, author: Member) -> SendResult:
    """Show a message in the open pages of both members, and wake the worker that indexes it."""
    frame = broadcasts.messages_changed(conversation, sent.revision - 1, author.id)
    wakeup.notify()
    return SendResult(sent, frame)


def _check_can_write_to(author: Member, other_id: int) -> None:
    """Raise `WritingNotAllowed` unless an author may write to another member.

    Connected members, the usual case, take only one short query.
    """
    if not Relationship.is_connected(author.id, other_id):
        _check_can_write(Relationship.between(author, other_id, clock.now()))


def _check_can_write(relationship: Relationship) -> None:
    if not relationship.can_write:
        raise WritingNotAllowed(relationship)
