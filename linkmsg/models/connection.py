"""Connections, and how far one member is from another."""

from collections.abc import Collection
from datetime import datetime
from enum import IntEnum
from typing import Self

from sqlalchemy import ColumnElement, ForeignKey, Select, and_, case, exists, func, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from linkmsg.db import Model
from linkmsg.models.member import Member


class Degree(IntEnum):
    """How far a member is: herself, 1st (connected), 2nd, 3rd, or out of network."""

    SELF = 0
    FIRST = 1
    SECOND = 2
    THIRD = 3
    OUT = 4

    @property
    def label(self) -> str:
        """What the badge says; nothing for oneself and out of network."""
        return {1: "1st", 2: "2nd", 3: "3rd"}.get(self.value, "")


class Connection(Model):
    """A connection, kept as two rows: one for each member, to be read from her side."""

    __tablename__ = "connections"

    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True
    )
    peer_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    since: Mapped[datetime]

    @classmethod
    def between(cls, one: int, other: int) -> Select[Self]:
        """Both rows of the connection of these two members."""
        return select(cls).where(
            ((cls.member_id == one) & (cls.peer_id == other))
            | ((cls.member_id == other) & (cls.peer_id == one))
        )

    @classmethod
    def count_of(cls, member: Member) -> Select[int]:
        """How many members with an open account this one is connected to."""
        return (
            select(func.count())
            .select_from(cls)
            .join(Member, Member.id == cls.peer_id)
            .where(cls.member_id == member.id, Member.closed_at.is_(None))
        )

    @classmethod
    def presence_pairs(cls, member_ids: Collection[int]) -> Select[int, int]:
        """Pairs of one of these and a member with whom she shares that she is here."""
        her, viewer = aliased(Member), aliased(Member)
        return (
            select(cls.member_id, cls.peer_id)
            .join(her, her.id == cls.member_id)
            .join(viewer, viewer.id == cls.peer_id)
            .where(cls.member_id.in_(member_ids))
            .where(her.shares_presence, viewer.shares_presence)
        )

    @classmethod
    def mutual_members(cls, one: int, other: int) -> Select[Member]:
        """The members with an open account that both are connected to, by name."""
        hers, his = aliased(cls), aliased(cls)
        return (
            select(Member)
            .select_from(Member)
            .join(hers, and_(hers.peer_id == Member.id, hers.member_id == one))
            .join(his, and_(his.peer_id == Member.id, his.member_id == other))
            .where(Member.closed_at.is_(None))
            .order_by(Member.name_folded, Member.id)
        )


def _closed_member_ids() -> Select[int]:
    return select(Member.id).where(Member.closed_at.is_not(None))


def degree_of(
    viewer_id: int | ColumnElement[int], other_id: ColumnElement[int]
) -> ColumnElement[int]:
    """The degree between a viewer and the member of each row, as SQL.

    Members whose account is closed lead to nobody.
    """
    a, b, c = aliased(Connection), aliased(Connection), aliased(Connection)
    first = exists().where(a.member_id == viewer_id, a.peer_id == other_id)
    second = exists().where(
        a.member_id == viewer_id,
        a.peer_id.not_in(_closed_member_ids()),
        b.member_id == a.peer_id,
        b.peer_id == other_id,
    )
    third = exists().where(
        a.member_id == viewer_id,
        a.peer_id.not_in(_closed_member_ids()),
        b.member_id == other_id,
        b.peer_id.not_in(_closed_member_ids()),
        c.member_id == a.peer_id,
        c.peer_id == b.peer_id,
    )
    return case(
        (other_id == viewer_id, int(Degree.SELF)),
        (first, int(Degree.FIRST)),
        (second, int(Degree.SECOND)),
        (third, int(Degree.THIRD)),
        else_=int(Degree.OUT),
    )


def count_mutual(viewer_id: int, other_id: ColumnElement[int]) -> ColumnElement[int]:
    """How many connections a viewer shares with the member of each row, none with herself (SQL)."""
    a, b = aliased(Connection), aliased(Connection)
    return (
        select(func.count())
        .where(
            a.member_id == viewer_id,
            a.peer_id.not_in(_closed_member_ids()),
            b.member_id == a.peer_id,
            b.peer_id == other_id,
            other_id != viewer_id,
        )
        .scalar_subquery()
    )
