"""Sending a message: to a conversation, or to a person for the first time."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from linkmsg import clock, wakeup
from linkmsg.actions.attachments import claim, has_attachments
from linkmsg.actions.conversations import add_message, open_conversation
from linkmsg.actions.errors import NonceReused, WritingNotAllowed
from linkmsg.db import db, writing
from linkmsg.live import broadcasts
from linkmsg.models import Conversation, Member, Message, Relationship


@dataclass(frozen=True)
class SendResult:
    """A message that was sent, and what the author's own pages were told of it, if any were."""

    message: Message
    told: str | None


def send(
    author: Member, conversation_id: int, body: str, nonce: str, files: Collection[str] = ()
) -> SendResult:
    """Send a message, with files by their keys, into a conversation the author takes part in.

    The same nonce with the same content finds the message it has already made, for ever.
    Its last effect is that both see it in their open pages.

    Raises:
        MayNotWrite: the two stand so that the author may not write now.
        NonceReused: the nonce has sent something else, or to another conversation.
        FilesRefused: one of the files is not hers to send, or they are too many.
    """
    try:
        with writing():
            conversation = db.session.scalars(*Conversation.locked(conversation_id)).one()
            sent = sent_with_nonce(author, conversation_id, body, nonce, files)
            if sent is None:
                _check_can_write(
                    Relationship.between(author, conversation.peer_of(author.id), clock.now())
                )
                sent = add_message(conversation, author, body, nonce, claim(author, files))
    except IntegrityError:
        # The same nonce at the same moment into another conversation, whose lock we do not hold.
        raise NonceReused from None
    return _announce(sent, conversation, author)


def start(
    author: Member, recipient: Member, body: str, nonce: str, files: Collection[str] = ()
) -> SendResult:
    """Send a message to a person, opening the conversation of the two if there is none.

    All else is as in `send`.
    """
    try:
        with writing():
            db.session.scalars(Member.locked(author.id, recipient.id)).all()
            relation = Relationship.between(author, recipient.id, clock.now())
            conversation = open_conversation(author, recipient)
            sent = sent_with_nonce(author, conversation.id, body, nonce, files)
            if sent is None:
                _check_can_write(relation)
                sent = add_message(conversation, author, body, nonce, claim(author, files))
    except IntegrityError:
        raise NonceReused from None
    return _announce(sent, conversation, author)


def sent_with_nonce(
    author: Member, conversation_id: int, body: str, nonce: str, files: Collection[str] = ()
) -> Message | None:
    """What this nonce has made before; None if it is new.

    Raises:
        NonceReused: it has made something else.
    """
    sent = db.session.scalars(*Message.by_nonce(author, nonce)).one_or_none()
    if sent is None:
        return None
    is_same = sent.body == body and sent.conversation_id == conversation_id
    if not is_same or ((files or sent.attached) and not has_attachments(sent, files)):
        raise NonceReused
    return sent


def _announce(sent: Message, conversation: Conversation, author: Member) -> SendResult:
    """Tell both, and let the worker look: the index of search has something to read."""
    told = broadcasts.changed(conversation, sent.revision - 1, author.id)
    wakeup.notify()
    return SendResult(sent, told)


def _check_can_write(relation: Relationship) -> None:
    if not relation.may_write:
        raise WritingNotAllowed(relation)
