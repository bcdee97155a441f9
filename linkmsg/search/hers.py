"""What is a member's own, by the database: it has the last word on what the index finds."""

from collections.abc import Collection, Iterable
from functools import cache

from sqlalchemy import Integer, Row, Select, bindparam, select
from sqlalchemy.orm import aliased

from linkmsg.db import db
from linkmsg.models import Conversation, Member, Message, Participation


def messages(member: Member, ids: Collection[int]) -> Iterable[Row[Message, Member]]:
    """Those of these messages that are hers, with whom they were exchanged."""
    if not ids:
        return ()
    return db.session.execute(_messages(), {"member": member.id, "ids": list(ids)})


@cache
def _messages() -> Select[Message, Member]:
    part, other = aliased(Participation), aliased(Member)
    member = bindparam("member", type_=Integer)
    ids = bindparam("ids", type_=Integer, expanding=True)
    return (
        select(Message, other)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(part, part.conversation_id == Conversation.id)
        .join(other, other.id == Conversation.low_id + Conversation.high_id - member)
        .where(part.member_id == member, Message.id.in_(ids))
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
    return (
        select(Message.id)
        .join(Participation, Participation.conversation_id == Message.conversation_id)
        .where(Participation.member_id == bindparam("member", type_=Integer), Message.id.in_(ids))
    )


def conversations(member: Member) -> list[int]:
    """All that she takes part in."""
    asked = select(Participation.conversation_id).where(Participation.member_id == member.id)
    return list(db.session.scalars(asked))
