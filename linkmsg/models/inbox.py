"""A member's inbox: her conversations by their last message."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Self

from sqlalchemy import Select, case, select

from linkmsg.db import db
from linkmsg.models.conversation import Conversation, Participation
from linkmsg.models.member import Member
from linkmsg.models.message import Message

PAGE = 30
FILTERS = ("all", "unread")


@dataclass(frozen=True)
class Row:
    """A conversation as its row shows it to one member."""

    conversation_id: int
    peer: Member
    last: Message
    unread: int
    is_notes: bool

    @property
    def at(self) -> datetime:
        """When the last message was sent."""
        return self.last.created_at

    @property
    def last_id(self) -> int:
        """The id of the last message, by which rows are ordered."""
        return self.last.id

    @classmethod
    def select(cls, viewer: Member) -> Select[Participation, Message, Member]:
        """All rows of a member, the newest first."""
        peer_id = case(
            (Conversation.low_id == viewer.id, Conversation.high_id), else_=Conversation.low_id
        )
        return (
            select(Participation, Message, Member)
            .join(Message, Message.id == Participation.last_message_id)
            .join(Conversation, Conversation.id == Participation.conversation_id)
            .join(Member, Member.id == peer_id)
            .where(Participation.member_id == viewer.id)
            .order_by(Participation.last_message_id.desc())
        )

    @classmethod
    def of(cls, viewer: Member, part: Participation, last: Message, peer: Member) -> Self:
        """The row of what `select` gives."""
        return cls(part.conversation_id, peer, last, part.unread, peer.id == viewer.id)

    @classmethod
    def for_conversation(cls, viewer: Member, conversation_id: int) -> Self:
        """The row of one conversation, as it stands now."""
        found = cls.select(viewer).where(Participation.conversation_id == conversation_id)
        return cls.of(viewer, *db.session.execute(found).one())


@dataclass
class Inbox:
    """One page of a member's conversations; read from the database when it is first shown."""

    viewer: Member
    filter: str = "all"
    before: int | None = None
    current_id: int | None = None

    @cached_property
    def _found(self) -> list[Row]:
        rows = Row.select(self.viewer).limit(PAGE + 1)
        if self.filter == "unread":
            rows = rows.where(Participation.unread > 0)
        if self.before is not None:
            rows = rows.where(Participation.last_message_id < self.before)
        return [Row.of(self.viewer, *each) for each in db.session.execute(rows)]

    @property
    def rows(self) -> list[Row]:
        """The conversations of this page."""
        return self._found[:PAGE]

    @property
    def older(self) -> int | None:
        """Before which message the next page begins; None on the last page."""
        return self.rows[-1].last_id if len(self._found) > PAGE else None
