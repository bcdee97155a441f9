"""A conversation from the side of each who takes part: her row, her count, her receipt."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Self

from sqlalchemy import Integer, Select, and_, bindparam, select
from sqlalchemy import Row as Found
from sqlalchemy.orm import aliased

from linkmsg.db import db
from linkmsg.models.conversation import Conversation, Participation
from linkmsg.models.inbox import InboxRow, are_connected
from linkmsg.models.member import Member
from linkmsg.models.message import Message


@dataclass(frozen=True)
class Receipt:
    """How far the other has read, as the viewer may know it: her message, and when it was read."""

    seq: int
    at: datetime

    @classmethod
    def of(cls, shared: bool, theirs: Participation | None) -> Self | None:
        """The receipt that the other's part tells, if the two share their reading."""
        if not shared or theirs is None or theirs.receipt_at is None:
            return None
        return cls(theirs.receipt_seq, theirs.receipt_at)


@dataclass(frozen=True)
class ParticipantView:
    """What one member sees of a conversation outside its messages, all read at one moment."""

    viewer: Member
    row: InboxRow
    receipt: Receipt | None
    unread_total: int

    @classmethod
    def each(cls, conversation_id: int, member_ids: Collection[int]) -> list[Self]:
        """The sides of those among these members who take part."""
        if not member_ids:
            return []
        found = db.session.execute(
            _select(), {"conversation": conversation_id, "members": list(member_ids)}
        )
        return [cls._of(row) for row in found]

    @classmethod
    def of(cls, viewer: Member, conversation_id: int) -> Self:
        """The side of one member."""
        return cls.each(conversation_id, [viewer.id])[0]

    @classmethod
    def _of(cls, found: Found[*tuple[Any, ...]]) -> Self:
        part, last, viewer, peer, theirs, is_connected, unread_total = found
        shares_reading = is_connected and viewer.shares_reading and peer.shares_reading
        row = InboxRow.of(viewer, part, last, peer, is_connected)
        return cls(viewer, row, Receipt.of(shares_reading, theirs), unread_total)


@cache
def _select() -> Select[*tuple[Any, ...]]:
    """Parts, last messages, viewers, peers with their parts, and the viewers' unread in all.

    Made once, for making it costs more than running it; `conversation` and `members` are given.
    """
    viewer, peer, theirs = aliased(Member), aliased(Member), aliased(Participation)
    peer_id = Conversation.low_id + Conversation.high_id - Participation.member_id
    return (
        select(
            Participation,
            Message,
            viewer,
            peer,
            theirs,
            are_connected(viewer.id.expression, peer),
            Participation.unread_total(Participation.member_id.expression).scalar_subquery(),
        )
        .join(Conversation, Conversation.id == Participation.conversation_id)
        .join(Message, Message.id == Participation.last_message_id)
        .join(viewer, viewer.id == Participation.member_id)
        .join(peer, peer.id == peer_id)
        .outerjoin(
            theirs,
            and_(
                theirs.conversation_id == Conversation.id,
                theirs.member_id == peer.id,
                peer.id != viewer.id,
            ),
        )
        .where(
            Participation.conversation_id == bindparam("conversation", type_=Integer),
            Participation.member_id.in_(bindparam("members", expanding=True)),
        )
        .execution_options(populate_existing=True)
    )
