"""Create conversations, add messages and change them, for all actions that send something."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import Insert, Integer, Update, and_, bindparam, case, insert, update
from sqlalchemy.sql.dml import ReturningUpdate

from linkmsg import clock
from linkmsg.db import attach_row, db, read_only, run, table_of, update_known
from linkmsg.models import Attachment, Conversation, Invitation, Member, Message, Participation
from linkmsg.models.change_number import NextChangeNumber
from linkmsg.models.message import CONNECTED, NOTICE, TEXT

# The values of a message without an author, a nonce and attachments.
MESSAGE_DEFAULTS = {"author_id": None, "nonce": None, "attached": ""}
CONVERSATION_COLUMNS = ("id", "low_id", "high_id", "last_seq", "revision")


def open_conversation(one: Member, other: Member) -> Conversation:
    """Return the conversation of two members with its row locked; create it if there is none.

    Call it inside `with writing()`, after locking the rows of the two members.
    """
    found = db.session.scalars(Conversation.of_pair(one.id, other.id)).one_or_none()
    if found is not None:
        return db.session.scalars(*Conversation.locked(found.id)).one()
    low, high = sorted((one.id, other.id))
    new = Conversation(low_id=low, high_id=high, last_seq=0, revision=0, created_at=clock.now())
    db.session.add(new)
    db.session.flush()
    for member_id in sorted({low, high}):
        db.session.add(
            Participation(
                conversation_id=new.id,
                member_id=member_id,
                last_read_seq=0,
                unread=0,
                seen_seq=0,
                receipt_seq=0,
            )
        )
    db.session.flush()
    return new


def add_message(
    conversation: Conversation,
    author: Member,
    body: str,
    nonce: str | None = None,
    files: Sequence[Attachment] = (),
) -> Message:
    """Add a message, unread by the other member. `conversation` must come from `take_numbers`."""
    values = {"author_id": author.id, "body": body, "nonce": nonce, "kind": TEXT}
    attached = Attachment.summary(files) if files else ""
    message = _insert_message(conversation, **values, attached=attached, created_at=clock.now())
    for place, each in enumerate(files):
        each.message_id, each.place = message.id, place
    ids = {"conversation": conversation.id, "author": author.id, "message": message.id}
    run(_participations_update(), ids | {"seq": message.seq})
    return message


def add_note(conversation: Conversation, author: Member, note: str, sent_at: datetime) -> Message:
    """Add the note of an invitation as a message, dated when the invitation was sent.

    The invitee has read it with the invitation, so it counts as read. But if older messages are
    unread, it is unread too, since everything after the first unread message is.
    """
    values = {"author_id": author.id, "body": note, "kind": TEXT}
    message = _insert_message(take_numbers(conversation.id), **values, created_at=sent_at)
    _set_last_message(message)
    read, unread = Participation.last_read_seq, Participation.unread
    is_read = unread == 0
    db.session.execute(
        _update_others(message).values(
            unread=case((is_read, 0), else_=unread + 1),
            last_read_seq=case((is_read, message.seq), else_=read),
            # It was read as an invitation, which never gives a receipt.
            seen_seq=case((is_read, message.seq), else_=Participation.seen_seq),
        )
    )
    return message


def add_connected_notice(conversation: Conversation) -> Message:
    """Add the notice "You are now connected", a message without an author that is never unread."""
    values = {"kind": NOTICE, "body": CONNECTED, "created_at": clock.now()}
    message = _insert_message(take_numbers(conversation.id), **values)
    _set_last_message(message)
    return message


def add_note_once(invitation: Invitation, conversation: Conversation, inviter: Member) -> bool:
    """Add an invitation's note as a message, unless empty or added before; return if it did so."""
    if not invitation.note or invitation.note_written:
        return False
    add_note(conversation, inviter, invitation.note, invitation.sent_at)
    invitation.note_written = True
    return True


def update_message(message: Message, **values: Any) -> Message:
    """Change the given columns of a message, and return it with its new values.

    It gets the next `revision` of its conversation, by which open pages find the change, and the
    next `change` number, by which the search index does. No other code may change a message.
    """
    row = run(_revision_update(), {"conversation": message.conversation_id}).one()
    conversation = attach_row(Conversation, row._asdict())
    table = table_of(Message)
    numbers = {"revision": conversation.revision, "change": NextChangeNumber()}
    change = run(
        update(table)
        .where(table.c.id == message.id)
        .values(values | numbers)
        .returning(table.c.change),
        {},
    ).scalar_one()
    values |= {"id": message.id, "revision": conversation.revision, "change": change}
    return attach_row(Message, values)


def take_numbers(conversation_id: int) -> Conversation:
    """Raise `last_seq` and `revision` of a conversation by one, for one new message.

    Return it with the new numbers; its row is locked until the transaction ends.
    """
    columns = run(_conversation_update(), {"conversation": conversation_id}).one()._asdict()
    known = update_known(Conversation, columns)
    return known or read_only(Conversation, columns.items())


def _insert_message(conversation: Conversation, **values: Any) -> Message:
    """Insert a message; its position and revision are the conversation's last ones.

    It runs a plain INSERT, since a flush of the database session costs more. Then it adds the
    message to the session, as a flush would have done.
    """
    numbers = {"seq": conversation.last_seq, "revision": conversation.revision}
    values = MESSAGE_DEFAULTS | values | numbers | {"conversation_id": conversation.id}
    key = cast(tuple[int], run(_message_insert(), values).inserted_primary_key)
    return attach_row(Message, values | {"id": key[0]})


# These statements are cached: building one costs more than running it.


@cache
def _conversation_update() -> ReturningUpdate[Any]:
    """Raise `last_seq` and `revision` by one and return the columns. Parameter: `conversation`."""
    table = table_of(Conversation)
    return (
        update(table)
        .where(table.c.id == bindparam("conversation", type_=Integer))
        .values(last_seq=table.c.last_seq + 1, revision=table.c.revision + 1)
        .returning(*(table.c[name] for name in CONVERSATION_COLUMNS))
    )


@cache
def _revision_update() -> ReturningUpdate[Any]:
    """Raise `revision` by one and return the columns. Parameter: `conversation`, an id."""
    table = table_of(Conversation)
    return (
        update(table)
        .where(table.c.id == bindparam("conversation", type_=Integer))
        .values(revision=table.c.revision + 1)
        .returning(*(table.c[name] for name in CONVERSATION_COLUMNS))
    )


@cache
def _message_insert() -> Insert:
    return insert(table_of(Message))


@cache
def _participations_update() -> Update:
    """Update the last message and unread count of both members for one more message.

    Parameters: the ids `conversation`, `author` and `message`, and its `seq`. `Participation`
    objects that are loaded already keep their old values.
    """
    table = table_of(Participation)
    is_author = table.c.member_id == bindparam("author", type_=Integer)
    seq = bindparam("seq", type_=Integer)
    read, unread = table.c.last_read_seq, table.c.unread
    return (
        update(table)
        .where(table.c.conversation_id == bindparam("conversation", type_=Integer))
        .values(
            last_message_id=bindparam("message", type_=Integer),
            unread=case((is_author, unread), else_=unread + 1),
            last_read_seq=case((and_(is_author, unread == 0), seq), else_=read),
        )
    )


def _set_last_message(message: Message) -> None:
    db.session.execute(_update_all(message).values(last_message_id=message.id))


def _update_others(message: Message) -> Update:
    return _update_all(message).where(Participation.member_id != message.author_id)


def _update_all(message: Message) -> Update:
    return update(Participation).where(Participation.conversation_id == message.conversation_id)
