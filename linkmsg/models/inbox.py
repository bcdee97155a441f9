"""The inbox: the list of a member's conversations, the one with the newest message first."""

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
    """A conversation as one row of a member's inbox.

    `peer` is the other member, or the same one in notes to self (`is_notes`).
    """

    conversation_id: int
    peer: Member
    last: Message
    unread: int
    is_notes: bool
    shares_presence: bool

    @property
    def at(self) -> datetime:
        """Return the time at which the last message of the conversation was sent."""
        return self.last.created_at

    @property
    def last_id(self) -> int:
        """Return the id of the conversation's last message; the inbox is ordered by it."""
        return self.last.id

    def is_here(self, present: Iterable[int]) -> bool:
        """Return whether to show the other member as online; `present` has all online ids."""
        return self.shares_presence and self.peer.id in present

    def fingerprint(self, present: Iterable[int], viewer: Member, now: datetime) -> str:
        """Return a short checksum (CRC-32 in hexadecimal) of all that the row shows.

        It tells whether the row in an open page is out of date. It depends on the date and
        the clock of the viewer too, since the row shows times such as "Mon" and "2:02 PM".
        """
        today = now.astimezone(ZoneInfo(viewer.zone)).date()
        peer = (self.peer.name, self.peer.photo)
        shown = (self.last.id, self.unread, peer, self.is_here(present), today, viewer.has_12_hours)
        return f"{crc32(repr(shown).encode()):08x}"

    @classmethod
    def select(cls, viewer: Member) -> Select[int, int, Message, Member, bool]:
        """Select all conversations of a member for `of`, the one with the newest message first."""
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
        """Build an inbox row from the columns of a result row of the query `select`."""
        is_notes = peer.id == viewer.id
        shares_presence = is_connected and viewer.shares_presence and peer.shares_presence
        return cls(id, peer, last, unread, is_notes, shares_presence)


def are_connected(viewer_id: ColumnElement[int], peer: type[Member]) -> ColumnElement[bool]:
    """Return an SQL expression: whether a member and each row's other member are connected.

    False if the other member's account is closed.
    """
    connected = exists().where(Connection.member_id == viewer_id, Connection.peer_id == peer.id)
    return and_(peer.closed_at.is_(None), connected)


@dataclass
class Inbox:
    """One page of a member's inbox; the database is read when `rows` is first used.

    `before` is the id of a message: the page begins with conversations whose last message is
    older. With the filter `unread`, the conversation that is open in the page (`current_id`) is
    listed too, so that it does not disappear while it is read.
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
        """Return the rows of this page, the conversation with the newest message first."""
        return self._page_and_one[:PAGE_SIZE]

    @property
    def older(self) -> int | None:
        """Return the value of `before` for the next, older page; None if this is the last page."""
        return self.rows[-1].last_id if len(self._page_and_one) > PAGE_SIZE else None

    def changes_since(
        self, fingerprints: Mapping[int, str], since: int, present: Iterable[int], now: datetime
    ) -> "InboxChanges":
        """Return how the inbox that a browser shows differs from the current one.

        Args:
            fingerprints: the fingerprint of each row that the browser shows, by conversation id.
            since: the id of the last message of the page's lowest row; 0 if it has all rows.
            present: the ids of the members who are online.
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
            if fingerprints.get(row.conversation_id) != row.fingerprint(present, self.viewer, now)
        ]
        removed = (
            set(fingerprints) - {row.conversation_id for row in rows}
            if len(rows) < MAX_CHANGES
            else set()
        )
        return InboxChanges(changed, sorted(removed))


@dataclass(frozen=True)
class InboxChanges:
    """What a browser must change in its inbox: rows to add or replace, conversations to remove."""

    rows: list[InboxRow]
    removed_ids: list[int]
