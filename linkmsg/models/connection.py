"""Connections between members, and the degree between two members."""

from collections.abc import Collection
from datetime import datetime
from enum import IntEnum
from typing import Self

from sqlalchemy import ColumnElement, ForeignKey, Select, and_, case, exists, func, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from linkmsg.db import Model
from linkmsg.models.member import Member


class Degree(IntEnum):
    """The degree of a member: oneself, 1st (connected), 2nd, 3rd, or out of network."""

    SELF = 0
    FIRST = 1
    SECOND = 2
    THIRD = 3
    OUT = 4

    @property
    def label(self) -> str:
        """Return the text of the badge; empty for oneself and out of network."""
        return {1: "1st", 2: "2nd", 3: "3rd"}.get(self.value, "")


class Connection(Model):
    """A connection, stored as two rows: one for each of the two members."""

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
        """Return both rows of the connection of two members."""
        return select(cls).where(
            ((cls.member_id == one) & (cls.peer_id == other))
            | ((cls.member_id == other) & (cls.peer_id == one))
        )

    @classmethod
    def count_of(cls, member: Member) -> Select[int]:
        """Return how many members with an open account a member is connected to."""
        return (
            select(func.count())
            .select_from(cls)
            .join(Member, Member.id == cls.peer_id)
            .where(cls.member_id == member.id, Member.closed_at.is_(None))
        )

    @classmethod
    def presence_pairs(cls, member_ids: Collection[int]) -> Select[int, int]:
        """Return pairs of one of these members and a connection who may see their presence."""
        member, viewer = aliased(Member), aliased(Member)
        return (
            select(cls.member_id, cls.peer_id)
            .join(member, member.id == cls.member_id)
            .join(viewer, viewer.id == cls.peer_id)
            .where(cls.member_id.in_(member_ids))
            .where(member.shares_presence, viewer.shares_presence)
        )

    @classmethod
    def mutual_members(cls, one: int, other: int) -> Select[Member]:
        """Return the members with an open account that both are connected to, by name."""
        first, second = aliased(cls), aliased(cls)
        return (
            select(Member)
            .select_from(Member)
            .join(first, and_(first.peer_id == Member.id, first.member_id == one))
            .join(second, and_(second.peer_id == Member.id, second.member_id == other))
            .where(Member.closed_at.is_(None))
            .order_by(Member.name_folded, Member.id)
        )


def _closed_member_ids() -> Select[int]:
    return select(Member.id).where(Member.closed_at.is_not(None))


def degree_of(
    viewer_id: int | ColumnElement[int], other_id: ColumnElement[int]
) -> ColumnElement[int]:
    """Return the degree between a viewer and the member of each row, as SQL.

    A path through a closed account does not count.
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
    """Return the number of mutual connections of a viewer and each row's member, as SQL."""
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
