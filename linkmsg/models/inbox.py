"""The inbox: a member's conversations, ordered by their last message."""

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
# How many rows one response updates when a page catches up.
MAX_CHANGES = 300


@dataclass(frozen=True)
class InboxRow:
    """A conversation as one member's inbox shows it."""

    conversation_id: int
    peer: Member
    last: Message
    unread: int
    is_notes: bool
    shares_presence: bool

    @property
    def at(self) -> datetime:
        """Return when the last message was sent."""
        return self.last.created_at

    @property
    def last_id(self) -> int:
        """Return the id of the last message, by which rows are ordered."""
        return self.last.id

    def is_here(self, present: Iterable[int]) -> bool:
        """Return whether the other member is present and shares it with the viewer."""
        return self.shares_presence and self.peer.id in present

    def fingerprint(self, present: Iterable[int], zone: str, now: datetime) -> str:
        """Return 8 hexadecimal digits that change when the row, shown on this day, changes."""
        today = now.astimezone(ZoneInfo(zone)).date()
        peer = (self.peer.name, self.peer.photo)
        shown = (self.last.id, self.unread, peer, self.is_here(present), today)
        return f"{crc32(repr(shown).encode()):08x}"

    @classmethod
    def select(cls, viewer: Member) -> Select[int, int, Message, Member, bool]:
        """Return the query of all rows of a member, newest first."""
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
        """Return the row of a result of `select`."""
        is_notes = peer.id == viewer.id
        shares_presence = is_connected and viewer.shares_presence and peer.shares_presence
        return cls(id, peer, last, unread, is_notes, shares_presence)


def are_connected(viewer_id: ColumnElement[int], peer: type[Member]) -> ColumnElement[bool]:
    """Return whether a viewer and each row's peer are connected, as SQL.

    False for a peer whose account is closed.
    """
    connected = exists().where(Connection.member_id == viewer_id, Connection.peer_id == peer.id)
    return and_(peer.closed_at.is_(None), connected)


@dataclass
class Inbox:
    """One page of a member's conversations, which is queried on first use.

    The filter `unread` also lists the open conversation, so that it stays while it is read.
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
    def _page_and_one(self) -> list[InboxRow]:
        rows = self._listed().limit(PAGE_SIZE + 1)
        if self.before is not None:
            rows = rows.where(Participation.last_message_id < self.before)
        return [InboxRow.of(self.viewer, *each) for each in db.session.execute(rows)]

    @property
    def rows(self) -> list[InboxRow]:
        """Return the rows of this page."""
        return self._page_and_one[:PAGE_SIZE]

    @property
    def older(self) -> int | None:
        """Return the message id before which the next page begins; None on the last page."""
        return self.rows[-1].last_id if len(self._page_and_one) > PAGE_SIZE else None

    def changes_since(
        self, fingerprints: Mapping[int, str], since: int, present: Iterable[int], now: datetime
    ) -> "InboxChanges":
        """Return how a list in an open page differs from the current inbox.

        Args:
            fingerprints: those of the rows in the page, by conversation.
            since: the id of the last message of the page's lowest row; 0 if it has all rows.
            present: the ids of the members who are present.
            now: the current time.
        """
        in_page = or_(
            Participation.last_message_id >= since,
            Participation.conversation_id.in_(list(fingerprints)),
        )
        found = db.session.execute(self._listed().where(in_page).limit(MAX_CHANGES))
        rows = [InboxRow.of(self.viewer, *each) for each in found]
        changed = [
            row
            for row in rows
            if fingerprints.get(row.conversation_id)
            != row.fingerprint(present, self.viewer.zone, now)
        ]
        removed = (
            set(fingerprints) - {row.conversation_id for row in rows}
            if len(rows) < MAX_CHANGES
            else set()
        )
        return InboxChanges(changed, sorted(removed))


@dataclass(frozen=True)
class InboxChanges:
    """Changes of an inbox list: rows to show or update, and conversations to remove."""

    rows: list[InboxRow]
    removed_ids: list[int]
