"""Opening conversations and writing into them: what every way of sending goes through."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import Insert, Integer, Update, and_, bindparam, case, insert, update
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value

from linkmsg import clock
from linkmsg.db import db, run, table_of
from linkmsg.models import Attachment, Conversation, Invitation, Member, Message, Participation
from linkmsg.models.message import CONNECTED, NOTICE, TEXT

# What a message has that nobody has said, sent or attached.
MESSAGE_DEFAULTS = {"author_id": None, "nonce": None, "attached": ""}


def open_conversation(one: Member, other: Member) -> Conversation:
    """The locked conversation of a pair, made if there is none. Call it with both locked."""
    found = db.session.scalars(Conversation.of_pair(one.id, other.id)).one_or_none()
    if found is not None:
        return db.session.scalars(*Conversation.locked(found.id)).one()
    low, high = sorted((one.id, other.id))
    made = Conversation(low_id=low, high_id=high, last_seq=0, revision=0, created_at=clock.now())
    db.session.add(made)
    db.session.flush()
    for member_id in sorted({low, high}):
        db.session.add(
            Participation(
                conversation_id=made.id,
                member_id=member_id,
                last_read_seq=0,
                unread=0,
                seen_seq=0,
                receipt_seq=0,
            )
        )
    db.session.flush()
    return made


def add_message(
    conversation: Conversation,
    author: Member,
    body: str,
    nonce: str | None = None,
    files: Sequence[Attachment] = (),
) -> Message:
    """Write a member's message into a locked conversation; it is unread by the others."""
    said = {"author_id": author.id, "body": body, "nonce": nonce, "kind": TEXT}
    attached = Attachment.gist(files) if files else ""
    message = _insert_message(conversation, **said, attached=attached, created_at=clock.now())
    for place, each in enumerate(files):
        each.message_id, each.place = message.id, place
    written = {"conversation": conversation.id, "author": author.id}
    run(_participations_update(), written | {"message": message.id, "seq": message.seq})
    return message


def add_note(conversation: Conversation, author: Member, note: str, sent_at: datetime) -> Message:
    """Write an invitation's note, dated when it was sent.

    The invitee has read it; where older messages still wait for her, it waits behind them.
    """
    said = {"author_id": author.id, "body": note, "kind": TEXT}
    message = _insert_message(conversation, **said, created_at=sent_at)
    _set_last_message(message)
    read, unread = Participation.last_read_seq, Participation.unread
    is_read = unread == 0
    db.session.execute(
        _update_others(message).values(
            unread=case((is_read, 0), else_=unread + 1),
            last_read_seq=case((is_read, message.seq), else_=read),
            # Read as an invitation: of that nobody is ever told.
            seen_seq=case((is_read, message.seq), else_=Participation.seen_seq),
        )
    )
    return message


def add_connected_notice(conversation: Conversation) -> Message:
    """Write the notice that the two are connected now."""
    message = _insert_message(conversation, kind=NOTICE, body=CONNECTED, created_at=clock.now())
    _set_last_message(message)
    return message


def add_note_once(invitation: Invitation, conversation: Conversation, inviter: Member) -> bool:
    """Write an invitation's note if there is one that is not written yet; whether it did."""
    if not invitation.note or invitation.note_written:
        return False
    add_note(conversation, inviter, invitation.note, invitation.sent_at)
    invitation.note_written = True
    return True


def _insert_message(conversation: Conversation, **said: Any) -> Message:
    """Write a message with the next numbers of its conversation.

    Two plain statements: to have the session find out what changed costs more than both. What
    it holds is as if it had: the conversation with its numbers, and the message whole.
    """
    seq, revision = conversation.last_seq + 1, conversation.revision + 1
    values = {"conversation_id": conversation.id, "seq": seq, "revision": revision}
    values = MESSAGE_DEFAULTS | said | values
    run(_conversation_update(), {"conversation": conversation.id})
    made = cast(tuple[int], run(_message_insert(), values).inserted_primary_key)
    set_committed_value(conversation, "last_seq", seq)
    set_committed_value(conversation, "revision", revision)
    message = Message(id=made[0], **values)
    make_transient_to_detached(message)
    db.session.add(message)
    return message


# Made once each, for making them costs more than running them.


@cache
def _conversation_update() -> Update:
    """What a message changes for its conversation, which is given."""
    written = table_of(Conversation)
    return (
        update(written)
        .where(written.c.id == bindparam("conversation", type_=Integer))
        .values(last_seq=written.c.last_seq + 1, revision=written.c.revision + 1)
    )


@cache
def _message_insert() -> Insert:
    return insert(table_of(Message))


@cache
def _participations_update() -> Update:
    """What a message changes for all who take part; who shows their parts reads them anew.

    `conversation`, `author`, `message` and `seq` are given.
    """
    written = table_of(Participation)
    mine = written.c.member_id == bindparam("author", type_=Integer)
    seq = bindparam("seq", type_=Integer)
    read, unread = written.c.last_read_seq, written.c.unread
    return (
        update(written)
        .where(written.c.conversation_id == bindparam("conversation", type_=Integer))
        .values(
            last_message_id=bindparam("message", type_=Integer),
            unread=case((mine, unread), else_=unread + 1),
            last_read_seq=case((and_(mine, unread == 0), seq), else_=read),
        )
    )


def _set_last_message(message: Message) -> None:
    db.session.execute(_update_all(message).values(last_message_id=message.id))


def _update_others(message: Message) -> Update:
    return _update_all(message).where(Participation.member_id != message.author_id)


def _update_all(message: Message) -> Update:
    return update(Participation).where(Participation.conversation_id == message.conversation_id)
