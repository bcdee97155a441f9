"""Which messages a member may see: the database decides on every hit of the index."""

from collections.abc import Collection, Iterable
from functools import cache

from sqlalchemy import Exists, Integer, Row, Select, bindparam, exists, select
from sqlalchemy.orm import aliased

from linkmsg.db import db
from linkmsg.models import Conversation, Member, Message, Participation

MEMBER = bindparam("member", type_=Integer)


def load_messages(member: Member, ids: Collection[int]) -> Iterable[Row[Message, Member]]:
    """Load those of these messages that a member may see, each with the peer of the member."""
    if not ids:
        return ()
    return db.session.execute(_select_messages(), {"member": member.id, "ids": list(ids)})


@cache
def _select_messages() -> Select[Message, Member]:
    peer = aliased(Member)
    ids = bindparam("ids", type_=Integer, expanding=True)
    return (
        select(Message, peer)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(peer, peer.id == Conversation.low_id + Conversation.high_id - MEMBER)
        .where(Message.id.in_(ids), is_participant())
    )


def visible_ids(member: Member, ids: Collection[int]) -> set[int]:
    """Return those of these ids whose messages exist and may be seen by a member."""
    if not ids:
        return set()
    return set(db.session.scalars(_select_ids(), {"member": member.id, "ids": sorted(ids)}))


@cache
def _select_ids() -> Select[int]:
    """Select visible ids. They are written into the statement: as parameters they are slower."""
    ids = bindparam("ids", type_=Integer, expanding=True, literal_execute=True)
    return select(Message.id).where(Message.id.in_(ids), is_participant())


def is_participant() -> Exists:
    """Return the condition that `MEMBER` takes part in the conversation of a message.

    A join instead would let SQLite begin with all conversations of the member and read all
    their messages.
    """
    return exists().where(
        Participation.conversation_id == Message.conversation_id, Participation.member_id == MEMBER
    )


def conversation_ids(member: Member) -> list[int]:
    """Return the ids of all conversations of a member."""
    statement = select(Participation.conversation_id).where(Participation.member_id == member.id)
    return list(db.session.scalars(statement))
