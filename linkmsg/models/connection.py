"""Connections between members, and the degree (1st, 2nd, 3rd) of one member to another."""

from collections.abc import Collection
from datetime import datetime
from enum import IntEnum
from typing import Self

from sqlalchemy import ColumnElement, ForeignKey, Select, and_, case, exists, func, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from linkmsg.db import Model
from linkmsg.models.member import Member


class Degree(IntEnum):
    """How many connections away a member is: 1st is connected, 2nd knows a connection, and so on.

    SELF is the member themselves, OUT is more than three connections away.
    """

    SELF = 0
    FIRST = 1
    SECOND = 2
    THIRD = 3
    OUT = 4

    @property
    def label(self) -> str:
        """Return "1st", "2nd" or "3rd", to show beside a name; "" for SELF and OUT."""
        return {1: "1st", 2: "2nd", 3: "3rd"}.get(self.value, "")


class Connection(Model):
    """A connection of two members, stored as two rows: each is once `member_id`, once `peer_id`."""

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
        """Select both rows of the connection between two members; none if not connected."""
        return select(cls).where(
            ((cls.member_id == one) & (cls.peer_id == other))
            | ((cls.member_id == other) & (cls.peer_id == one))
        )

    @classmethod
    def count_of(cls, member: Member) -> Select[int]:
        """Select how many connections a member has, without those whose account is closed."""
        return (
            select(func.count())
            .select_from(cls)
            .join(Member, Member.id == cls.peer_id)
            .where(cls.member_id == member.id, Member.closed_at.is_(None))
        )

    @classmethod
    def presence_pairs(cls, member_ids: Collection[int]) -> Select[int, int]:
        """Select who may see whether these members are online, as pairs (member, their connection).

        Both of a pair must share presence in their privacy settings.
        """
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
        """Select the members to whom both are connected, by name, without closed accounts."""
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
    """Return an SQL expression: the degree (see `Degree`) of another member to the viewer.

    `other_id` is usually a column, for the member of each row. Closed accounts do not count as
    a link between the two.
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
    """Return an SQL expression: how many connections the viewer and each row's member share."""
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
