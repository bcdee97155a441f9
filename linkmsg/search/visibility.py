"""What is a member's own, by the database: it has the last word on what the index finds."""

from collections.abc import Collection, Iterable
from functools import cache

from sqlalchemy import Exists, Integer, Row, Select, bindparam, exists, select
from sqlalchemy.orm import aliased

from linkmsg.db import db
from linkmsg.models import Conversation, Member, Message, Participation

MEMBER = bindparam("member", type_=Integer)


def messages(member: Member, ids: Collection[int]) -> Iterable[Row[Message, Member]]:
    """Those of these messages that are hers, with whom they were exchanged."""
    if not ids:
        return ()
    return db.session.execute(_messages(), {"member": member.id, "ids": list(ids)})


@cache
def _messages() -> Select[Message, Member]:
    other = aliased(Member)
    ids = bindparam("ids", type_=Integer, expanding=True)
    return (
        select(Message, other)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(other, other.id == Conversation.low_id + Conversation.high_id - MEMBER)
        .where(Message.id.in_(ids), takes_part())
    )


def confirmed(member: Member, ids: Collection[int]) -> set[int]:
    """Those of these messages that are there, in conversations that she takes part in."""
    if not ids:
        return set()
    return set(db.session.scalars(_confirmed(), {"member": member.id, "ids": sorted(ids)}))


@cache
def _confirmed() -> Select[int]:
    """Made once. The ids stand in the statement: given beside it they take longer."""
    ids = bindparam("ids", type_=Integer, expanding=True, literal_execute=True)
    return select(Message.id).where(Message.id.in_(ids), takes_part())


def takes_part() -> Exists:
    """That the `MEMBER` of a statement takes part where a message was said; not joined to it.

    SQLite would begin a join with all her conversations, and go through all that is said there.
    """
    return exists().where(
        Participation.conversation_id == Message.conversation_id, Participation.member_id == MEMBER
    )


def conversations(member: Member) -> list[int]:
    """All that she takes part in."""
    asked = select(Participation.conversation_id).where(Participation.member_id == member.id)
    return list(db.session.scalars(asked))
