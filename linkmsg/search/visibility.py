"""Which messages a member may see: the database decides on every hit of the index."""

from collections.abc import Collection, Iterable
from functools import cache

from sqlalchemy import Exists, Integer, Row, Select, bindparam, exists, select
from sqlalchemy.orm import aliased

from linkmsg.db import db
from linkmsg.models import Conversation, Member, Message, Participation

MEMBER = bindparam("member", type_=Integer)


def load_messages(member: Member, ids: Collection[int]) -> Iterable[Row[Message, Member]]:
    """Load messages by id, each with the other member of its conversation.

    Messages that the member may not see are left out. The order is not defined.
    """
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
    """Return the ids, out of the given ones, of messages that exist and that a member may see."""
    if not ids:
        return set()
    return set(db.session.scalars(_select_ids(), {"member": member.id, "ids": sorted(ids)}))


@cache
def _select_ids() -> Select[int]:
    """Return a statement that selects the ids of messages a member may see, out of given ids.

    The ids are written into the SQL text, because bound parameters are slower.
    """
    ids = bindparam("ids", type_=Integer, expanding=True, literal_execute=True)
    return select(Message.id).where(Message.id.in_(ids), is_participant())


def is_participant() -> Exists:
    """Return the SQL condition that a member takes part in the conversation of a message.

    The member is the parameter `MEMBER`. A join instead of `EXISTS` would let SQLite begin with
    all conversations of the member and read all their messages.
    """
    return exists().where(
        Participation.conversation_id == Message.conversation_id, Participation.member_id == MEMBER
    )


def conversation_ids(member: Member) -> list[int]:
    """Return the ids of all conversations of a member."""
    statement = select(Participation.conversation_id).where(Participation.member_id == member.id)
    return list(db.session.scalars(statement))
