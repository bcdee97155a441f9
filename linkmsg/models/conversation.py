"""A conversation, who takes part in it, and how far each has read."""

from datetime import datetime
from functools import cache
from typing import Self

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    Select,
    UniqueConstraint,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, aliased, mapped_column

from linkmsg.db import Model, Values, ask, table_of
from linkmsg.models.member import Member


class Conversation(Model):
    """One conversation for each pair, for ever; with oneself it holds notes.

    `last_seq` numbers its messages densely; `revision` grows with every change that a
    reader can see. Both are given out under the lock of this row.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("low_id", "high_id"),
        CheckConstraint("low_id <= high_id", name="pair_in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    low_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    high_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    last_seq: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(deferred=True)

    @property
    def member_ids(self) -> set[int]:
        """Who takes part."""
        return {self.low_id, self.high_id}

    def peer_of(self, member_id: int) -> int:
        """The other member; oneself in notes to oneself."""
        return self.low_id + self.high_id - member_id

    @classmethod
    def of_pair(cls, one: int, other: int) -> Select[Self]:
        """The conversation of two members, or of one with herself."""
        low, high = sorted((one, other))
        return select(cls).where(cls.low_id == low, cls.high_id == high)

    @classmethod
    def peers_of(cls, member: Member) -> Select[int]:
        """Everybody who has a conversation with a member; herself too, if she keeps notes."""
        return select(cls.low_id + cls.high_id - member.id).where(
            or_(cls.low_id == member.id, cls.high_id == member.id)
        )

    @classmethod
    def locked(cls, conversation_id: int) -> tuple[Select[Self], Values]:
        """The conversation, locked: its numbers are this writer's to give out."""
        return cls._locked(), {"conversation": conversation_id}

    @classmethod
    @cache
    def _locked(cls) -> Select[Self]:
        wanted = cls.id == bindparam("conversation", type_=Integer)
        return select(cls).where(wanted).with_for_update().execution_options(populate_existing=True)


class Participation(Model):
    """A member's own view of a conversation.

    `unread` is the number of messages from others after `last_read_seq`, kept with every
    send and read so that a list of conversations costs the same however much waits in them.

    `last_read_seq` can go back; `seen_seq` is as far as she has ever read. `receipt_seq` is
    what the others may know of it: their newest message that she has read while both let each
    other see it, and `receipt_at` when. Both only grow.
    """

    __tablename__ = "participations"
    __table_args__ = (
        UniqueConstraint("conversation_id", "member_id"),
        Index("ix_participations_inbox", "member_id", "last_message_id"),
        Index(
            "ix_participations_unread",
            "member_id",
            "last_message_id",
            "unread",
            sqlite_where=text("unread > 0"),
            postgresql_where=text("unread > 0"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    last_message_id: Mapped[int | None]
    last_read_seq: Mapped[int] = mapped_column(default=0)
    unread: Mapped[int] = mapped_column(default=0)
    seen_seq: Mapped[int] = mapped_column(default=0)
    receipt_seq: Mapped[int] = mapped_column(default=0)
    receipt_at: Mapped[datetime | None]

    @classmethod
    def of(cls, member: Member, conversation_id: int) -> tuple[Select[Self, Conversation], Values]:
        """A member's part in a conversation, and the conversation: no row if it is not hers."""
        return cls._of(), {"conversation": conversation_id, "member": member.id}

    @classmethod
    def is_of(cls, member_id: int, conversation_id: int) -> bool:
        """Whether a member takes part in a conversation."""
        given = {"conversation": conversation_id, "member": member_id}
        return ask(_part(), given).first() is not None

    @classmethod
    @cache
    def _of(cls) -> Select[Self, Conversation]:
        return (
            select(cls, Conversation)
            .join(Conversation, Conversation.id == cls.conversation_id)
            .where(cls.conversation_id == bindparam("conversation", type_=Integer))
            .where(cls.member_id == bindparam("member", type_=Integer))
        )

    @classmethod
    def unread_total(cls, member_id: int | ColumnElement[int]) -> Select[int]:
        """How many messages wait to be read by a member, in all conversations.

        The 0 stands in the statement as it does in the index. Given beside it, whether the
        index holds all that is asked for depends on what is given, and SQLite plans the whole
        statement anew each time: a message to two who are connected took 0.6 ms longer.
        """
        part = aliased(cls)
        return select(func.coalesce(func.sum(part.unread), 0)).where(
            part.member_id == member_id, part.unread > literal_column("0")
        )

    @classmethod
    def receipt_from(cls, conversation_id: int, peer_id: int) -> Select[Self]:
        """The other's part in a conversation, once it tells that a message was read."""
        return select(cls).where(
            cls.conversation_id == conversation_id,
            cls.member_id == peer_id,
            cls.receipt_at.is_not(None),
        )


@cache
def _part() -> Select[int]:
    """The id of a member's part in a conversation; both are given."""
    part = table_of(Participation)
    return (
        select(part.c.id)
        .where(part.c.conversation_id == bindparam("conversation", type_=Integer))
        .where(part.c.member_id == bindparam("member", type_=Integer))
    )
