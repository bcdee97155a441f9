"""How two members stand to each other: the one home of "who may write to whom"."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from functools import cache
from typing import Self

from sqlalchemy import Integer, Select, and_, bindparam, func, select
from sqlalchemy.orm import aliased

from linkmsg.db import ask, db, table_of
from linkmsg.models.connection import Connection, Degree, degree_of
from linkmsg.models.conversation import Conversation
from linkmsg.models.invitation import Invitation, end_of_withdrawal_wait
from linkmsg.models.member import Member


class RelationshipStatus(Enum):
    """The status of a relationship, as the viewer sees it.

    REPLY_RECEIVED: the other replied to the viewer's invitation without accepting it.
    REPLY_SENT: the viewer replied to the other's invitation without accepting it.
    """

    SELF = auto()
    CONNECTED = auto()
    INVITATION_SENT = auto()
    REPLY_RECEIVED = auto()
    INVITATION_RECEIVED = auto()
    REPLY_SENT = auto()
    NOT_CONNECTED = auto()
    ACCOUNT_CLOSED = auto()


CAN_WRITE = {
    RelationshipStatus.SELF,
    RelationshipStatus.CONNECTED,
    RelationshipStatus.REPLY_RECEIVED,
    RelationshipStatus.REPLY_SENT,
}


@dataclass(frozen=True)
class Relationship:
    """A member (`viewer`) and another, as they stand at a moment (`now`)."""

    viewer: Member
    other: Member
    degree: Degree
    invitation: Invitation | None
    conversation_id: int | None
    withdrawn_at: datetime | None
    now: datetime

    @property
    def status(self) -> RelationshipStatus:
        """Which row of the table they are in."""
        if self.degree is Degree.SELF:
            return RelationshipStatus.SELF
        if self.other.is_closed:
            return RelationshipStatus.ACCOUNT_CLOSED
        if self.degree is Degree.FIRST:
            return RelationshipStatus.CONNECTED
        return (
            self._invited(self.invitation) if self.invitation else RelationshipStatus.NOT_CONNECTED
        )

    def _invited(self, asked: Invitation) -> RelationshipStatus:
        if asked.inviter_id == self.viewer.id and asked.is_open(self.now):
            answered = asked.replied_at is not None and asked.ignored_at is None
            return (
                RelationshipStatus.REPLY_RECEIVED
                if answered
                else RelationshipStatus.INVITATION_SENT
            )
        if asked.invitee_id == self.viewer.id and asked.can_be_answered(self.now):
            return (
                RelationshipStatus.REPLY_SENT
                if asked.replied_at
                else RelationshipStatus.INVITATION_RECEIVED
            )
        return RelationshipStatus.NOT_CONNECTED

    @property
    def can_write(self) -> bool:
        """Whether the viewer may write a message to the other now."""
        return self.status in CAN_WRITE

    @property
    def shares_reading(self) -> bool:
        """Whether the two see when the other has read and is typing: connected, and both want it.

        So it is never of somebody whose invitation is still to be accepted.
        """
        both = self.viewer.shares_reading and self.other.shares_reading
        return self.status is RelationshipStatus.CONNECTED and both

    @property
    def shares_presence(self) -> bool:
        """Whether the two see that the other is here: connected, and both want it."""
        both = self.viewer.shares_presence and self.other.shares_presence
        return self.status is RelationshipStatus.CONNECTED and both

    @property
    def can_reply(self) -> bool:
        """Whether the viewer may answer an invitation without accepting it."""
        return self.status in {
            RelationshipStatus.INVITATION_RECEIVED,
            RelationshipStatus.REPLY_SENT,
        }

    @property
    def invite_again_at(self) -> datetime | None:
        """When the viewer may invite the other after having withdrawn; None if she may now."""
        return end_of_withdrawal_wait(self.withdrawn_at, self.now)

    @property
    def can_invite(self) -> bool:
        """Whether the viewer may invite the other to connect now."""
        return self.status is RelationshipStatus.NOT_CONNECTED and self.invite_again_at is None

    @classmethod
    @cache
    def select(cls) -> Select[Member, int, Invitation, int, datetime | None]:
        """What a relationship is made of, in one statement, which is made once.

        Its parameters are `viewer` and `other`, and the same as `low` and `high` in order.
        """
        viewer, other = bindparam("viewer", type_=Integer), bindparam("other", type_=Integer)
        low, high = bindparam("low", type_=Integer), bindparam("high", type_=Integer)
        open_one = and_(
            Invitation.low_id == low, Invitation.high_id == high, Invitation.closed_at.is_(None)
        )
        pair = and_(Conversation.low_id == low, Conversation.high_id == high)
        mine = aliased(Invitation)
        withdrawn = (
            select(func.max(mine.closed_at))
            .where(
                mine.inviter_id == viewer,
                mine.invitee_id == other,
                mine.outcome == "withdrawn",
            )
            .scalar_subquery()
        )
        return (
            select(Member, degree_of(viewer, other), Invitation, Conversation.id, withdrawn)
            .select_from(Member)
            .outerjoin(Invitation, open_one)
            .outerjoin(Conversation, pair)
            .where(Member.id == other)
            .execution_options(populate_existing=True)
        )

    @classmethod
    def is_connected(cls, viewer_id: int, other_id: int) -> bool:
        """Whether the two stand as CONNECTED, without all else that a relation is made of."""
        return bool(ask(_connected(), {"viewer": viewer_id, "other": other_id}).scalar())

    @classmethod
    def between(cls, viewer: Member, other_id: int, now: datetime) -> Self:
        """How a viewer stands to another member.

        Raises:
            sqlalchemy.exc.NoResultFound: there is no such member.
        """
        low, high = sorted((viewer.id, other_id))
        pair = {"viewer": viewer.id, "other": other_id, "low": low, "high": high}
        row = db.session.execute(cls.select(), pair).one()
        other, degree, invitation, conversation_id, withdrawn_at = row
        return cls(viewer, other, Degree(degree), invitation, conversation_id, withdrawn_at, now)


@cache
def _connected() -> Select[int]:
    """The id of a member with an open account if she and a viewer are connected; both are given."""
    member, tie = table_of(Member), table_of(Connection)
    other = bindparam("other", type_=Integer)
    return (
        select(member.c.id)
        .join(tie, tie.c.peer_id == member.c.id)
        .where(tie.c.member_id == bindparam("viewer", type_=Integer), tie.c.peer_id == other)
        .where(member.c.closed_at.is_(None))
    )
