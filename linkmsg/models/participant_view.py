"""What each of the two members of a conversation sees of it besides its messages."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, Self

from sqlalchemy import Integer, Select, bindparam, exists, select
from sqlalchemy import Row as ResultRow

from linkmsg.db import column_names, columns_of, query, read_only
from linkmsg.models.connection import Connection
from linkmsg.models.conversation import Conversation, Participation
from linkmsg.models.inbox import InboxRow
from linkmsg.models.member import Member
from linkmsg.models.message import Message


@dataclass(frozen=True)
class Receipt:
    """A read receipt: which of the viewer's messages the other member has read, and when.

    `seq` is the position, in the conversation, of the newest message they have read.
    """

    seq: int
    at: datetime

    @classmethod
    def of(cls, shared: bool, theirs: Participation | None) -> Self | None:
        """Return the other member's receipt, or None.

        Args:
            shared: whether both members share read receipts; if not, there is none.
            theirs: the other member's participation (how far they have read), if any.
        """
        if not shared or theirs is None or theirs.receipt_at is None:
            return None
        return cls(theirs.receipt_seq, theirs.receipt_at)


@dataclass(frozen=True)
class ParticipantView:
    """What one member of a conversation (the viewer) sees of it besides its messages.

    `row` is its row in their inbox, `receipt` tells what the other member has read, and
    `unread_total` counts the viewer's unread messages in all conversations.
    """

    viewer: Member
    row: InboxRow
    receipt: Receipt | None
    unread_total: int

    @classmethod
    def each(cls, conversation_id: int, member_ids: Collection[int]) -> list[Self]:
        """Return a view for each given member who takes part, all read by one query.

        Empty if the conversation has no message yet.
        """
        if not member_ids:
            return []
        rows = query(_select(), {"conversation": conversation_id})
        parts = [_Part.of(row) for row in rows]
        # Pair each with the other one; the single participation of notes to self with itself.
        pairs = zip(parts, reversed(parts), strict=True)
        return [
            cls._of(mine, theirs)
            for mine, theirs in pairs
            if mine.member.id in member_ids and mine.last.id
        ]

    @classmethod
    def of(cls, viewer: Member, conversation_id: int) -> Self:
        """Return the view of one member who takes part; the conversation must have a message."""
        return cls.each(conversation_id, [viewer.id])[0]

    @classmethod
    def _of(cls, mine: "_Part", theirs: "_Part") -> Self:
        """Build the view of one member from their part of `_select` and the other member's."""
        viewer, peer, row = mine.member, theirs.member, mine.row
        is_connected = row.is_connected and not peer.is_closed
        shares_reading = is_connected and viewer.shares_reading and peer.shares_reading
        has_receipt = shares_reading and theirs.row.receipt_at
        inbox_row = InboxRow.of(
            viewer, mine.last.conversation_id, row.unread, mine.last, peer, is_connected
        )
        receipt = Receipt(theirs.row.receipt_seq, theirs.row.receipt_at) if has_receipt else None
        return cls(viewer, inbox_row, receipt, row.unread_total)


class _Part(NamedTuple):
    """A result row of `_select`: a member, the conversation's last message, and the raw row.

    The id of `last` is None if there is no message yet.
    """

    member: Member
    last: Message
    row: ResultRow[*tuple[Any, ...]]

    @classmethod
    def of(cls, row: ResultRow[*tuple[Any, ...]]) -> Self:
        """Build a `Member` and a `Message` from the columns of a result row."""
        names, start = column_names(Message), len(column_names(Member))
        member = read_only(Member, zip(column_names(Member), row, strict=False))
        return cls(member, read_only(Message, zip(names, row[start:], strict=False)), row)


@cache
def _select() -> Select[*tuple[Any, ...]]:
    """Build the query that reads all of `ParticipantView`: one row for each member who takes part.

    Cached, since building it costs more than running it. Parameter: `conversation`, an id.
    """
    part, connection = Participation, Connection
    peer_id = Conversation.low_id + Conversation.high_id - part.member_id
    is_connected = exists().where(
        connection.member_id == part.member_id, connection.peer_id == peer_id
    )
    unread_total = part.unread_total(part.member_id.expression).scalar_subquery()
    return (
        select(*columns_of(Member), *columns_of(Message))
        .add_columns(
            part.conversation_id.label("conversation_id"),
            part.unread,
            part.receipt_seq,
            part.receipt_at,
        )
        .add_columns(is_connected.label("is_connected"), unread_total.label("unread_total"))
        .select_from(part)
        .join(Conversation, Conversation.id == part.conversation_id)
        .outerjoin(Message, Message.id == part.last_message_id)
        .join(Member, Member.id == part.member_id)
        .where(part.conversation_id == bindparam("conversation", type_=Integer))
    )
