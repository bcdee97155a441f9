"""A member's inbox: her conversations by their last message."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Self
from zlib import crc32
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, exists, literal, or_, select

from linkmsg.db import db
from linkmsg.models.connection import Connection
from linkmsg.models.conversation import Conversation, Participation
from linkmsg.models.member import Member
from linkmsg.models.message import Message

PAGE_SIZE = 30
FILTERS = ("all", "unread")
# How many rows a page is told at once of what it has missed.
MAX_CHANGES = 300


@dataclass(frozen=True)
class InboxRow:
    """A conversation as its row shows it to one member."""

    conversation_id: int
    peer: Member
    last: Message
    unread: int
    is_notes: bool
    shares_presence: bool

    @property
    def at(self) -> datetime:
        """When the last message was sent."""
        return self.last.created_at

    @property
    def last_id(self) -> int:
        """The id of the last message, by which rows are ordered."""
        return self.last.id

    def is_here(self, present: Iterable[int]) -> bool:
        """Whether the viewer may know that the other is here, among all who are."""
        return self.shares_presence and self.peer.id in present

    def fingerprint(self, present: Iterable[int], zone: str, now: datetime) -> str:
        """Eight digits that change with anything the row shows on this day."""
        today = now.astimezone(ZoneInfo(zone)).date()
        peer = (self.peer.name, self.peer.photo)
        shown = (self.last.id, self.unread, peer, self.is_here(present), today)
        return f"{crc32(repr(shown).encode()):08x}"

    @classmethod
    def select(cls, viewer: Member) -> Select[int, int, Message, Member, bool]:
        """All rows of a member, the newest first."""
        peer_id = Conversation.low_id + Conversation.high_id - viewer.id
        return (
            select(Participation.conversation_id, Participation.unread, Message, Member)
            .add_columns(are_connected(literal(viewer.id), Member))
            .join(Message, Message.id == Participation.last_message_id)
            .join(Conversation, Conversation.id == Participation.conversation_id)
            .join(Member, Member.id == peer_id)
            .where(Participation.member_id == viewer.id)
            .order_by(Participation.last_message_id.desc())
        )

    @classmethod
    def of(
        cls, viewer: Member, id: int, unread: int, last: Message, peer: Member, is_connected: bool
    ) -> Self:
        """The row of what `select` gives."""
        is_notes = peer.id == viewer.id
        shares_presence = is_connected and viewer.shares_presence and peer.shares_presence
        return cls(id, peer, last, unread, is_notes, shares_presence)


def are_connected(viewer_id: ColumnElement[int], peer: type[Member]) -> ColumnElement[bool]:
    """Whether a viewer and each row's peer are connected and her account is open, as SQL."""
    connected = exists().where(Connection.member_id == viewer_id, Connection.peer_id == peer.id)
    return and_(peer.closed_at.is_(None), connected)


@dataclass
class Inbox:
    """One page of a member's conversations; read from the database when it is first shown.

    The unread ones are listed with the one that is open: it does not go while it is read.
    """

    viewer: Member
    filter: str = "all"
    before: int | None = None
    current_id: int | None = None

    def _listed(self) -> Select[int, int, Message, Member, bool]:
        rows = InboxRow.select(self.viewer)
        if self.filter == "unread":
            return rows.where(or_(Participation.unread > 0, self._is_current()))
        return rows

    def _is_current(self) -> ColumnElement[bool]:
        return Participation.conversation_id == (self.current_id or 0)

    @cached_property
    def _found(self) -> list[InboxRow]:
        rows = self._listed().limit(PAGE_SIZE + 1)
        if self.before is not None:
            rows = rows.where(Participation.last_message_id < self.before)
        return [InboxRow.of(self.viewer, *each) for each in db.session.execute(rows)]

    @property
    def rows(self) -> list[InboxRow]:
        """The conversations of this page."""
        return self._found[:PAGE_SIZE]

    @property
    def older(self) -> int | None:
        """Before which message the next page begins; None on the last page."""
        return self.rows[-1].last_id if len(self._found) > PAGE_SIZE else None

    def changes_since(
        self, held: Mapping[int, str], since: int, present: Iterable[int], now: datetime
    ) -> "InboxChanges":
        """How the list that a page holds differs from what is there now.

        `held` are the marks of its rows by conversation, `since` the last message of its
        lowest row, or 0 when it holds them all.
        """
        wanted = or_(
            Participation.last_message_id >= since, Participation.conversation_id.in_(list(held))
        )
        found = db.session.execute(self._listed().where(wanted).limit(MAX_CHANGES))
        rows = [InboxRow.of(self.viewer, *each) for each in found]
        differing = [
            row
            for row in rows
            if held.get(row.conversation_id) != row.fingerprint(present, self.viewer.zone, now)
        ]
        gone = (
            set(held) - {row.conversation_id for row in rows} if len(rows) < MAX_CHANGES else set()
        )
        return InboxChanges(differing, sorted(gone))


@dataclass(frozen=True)
class InboxChanges:
    """What a page's list does not show as it is, and the conversations that are not in it."""

    rows: list[InboxRow]
    removed_ids: list[int]
