"""A conversation as each participant sees it: inbox row, unread count and read receipt."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Self

from sqlalchemy import Integer, Select, and_, bindparam, select
from sqlalchemy import Row as ResultRow
from sqlalchemy.orm import aliased

from linkmsg.db import db
from linkmsg.models.conversation import Conversation, Participation
from linkmsg.models.inbox import InboxRow, are_connected
from linkmsg.models.member import Member
from linkmsg.models.message import Message


@dataclass(frozen=True)
class Receipt:
    """A read receipt: the viewer's newest message that the other member has read, and when."""

    seq: int
    at: datetime

    @classmethod
    def of(cls, shared: bool, theirs: Participation | None) -> Self | None:
        """Return the receipt of the other's participation, if both share read receipts."""
        if not shared or theirs is None or theirs.receipt_at is None:
            return None
        return cls(theirs.receipt_seq, theirs.receipt_at)


@dataclass(frozen=True)
class ParticipantView:
    """What one participant sees of a conversation besides its messages, read in one statement."""

    viewer: Member
    row: InboxRow
    receipt: Receipt | None
    unread_total: int

    @classmethod
    def each(cls, conversation_id: int, member_ids: Collection[int]) -> list[Self]:
        """Return the views of those of these members who take part."""
        if not member_ids:
            return []
        found = db.session.execute(
            _select(), {"conversation": conversation_id, "members": list(member_ids)}
        )
        return [cls._of(row) for row in found]

    @classmethod
    def of(cls, viewer: Member, conversation_id: int) -> Self:
        """Return the view of one participant."""
        return cls.each(conversation_id, [viewer.id])[0]

    @classmethod
    def _of(cls, found: ResultRow[*tuple[Any, ...]]) -> Self:
        part, last, viewer, peer, theirs, is_connected, unread_total = found
        shares_reading = is_connected and viewer.shares_reading and peer.shares_reading
        row = InboxRow.of(viewer, part, last, peer, is_connected)
        return cls(viewer, row, Receipt.of(shares_reading, theirs), unread_total)


@cache
def _select() -> Select[*tuple[Any, ...]]:
    """Return participations with last message, viewer, peer, peer's participation and unread total.

    Cached, since building it costs more than running it. Parameters: `conversation`, `members`.
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
