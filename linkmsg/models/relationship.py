"""How two members are related (connected, invited or not), which decides who may write."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from functools import cache
from typing import Self

from sqlalchemy import Integer, Select, and_, bindparam, func, select
from sqlalchemy.orm import aliased

from linkmsg.db import db, query, table_of
from linkmsg.models.connection import Connection, Degree, degree_of
from linkmsg.models.conversation import Conversation
from linkmsg.models.invitation import Invitation, end_of_withdrawal_wait
from linkmsg.models.member import Member


class RelationshipStatus(Enum):
    """How another member is related to the viewer, the member who looks at the page.

    SELF: the other member is the viewer. ACCOUNT_CLOSED: the other's account is closed.
    INVITATION_SENT: the viewer invited the other. INVITATION_RECEIVED: the other way round.
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
    """How two members are related at the time `now`, seen by one of them, the viewer.

    `degree` is how many connections away the other is. `invitation` is the one between the two
    that is neither accepted nor withdrawn, if any; it may be ignored or expired. `conversation_id`
    is None if they have no conversation. `withdrawn_at` is when the viewer last withdrew an
    invitation to the other, if ever.
    """

    viewer: Member
    other: Member
    degree: Degree
    invitation: Invitation | None
    conversation_id: int | None
    withdrawn_at: datetime | None
    now: datetime

    @property
    def status(self) -> RelationshipStatus:
        """Return one RelationshipStatus, such as CONNECTED, from the viewer's side."""
        if self.degree is Degree.SELF:
            return RelationshipStatus.SELF
        if self.other.is_closed:
            return RelationshipStatus.ACCOUNT_CLOSED
        if self.degree is Degree.FIRST:
            return RelationshipStatus.CONNECTED
        return (
            self._invitation_status(self.invitation)
            if self.invitation
            else RelationshipStatus.NOT_CONNECTED
        )

    def _invitation_status(self, invitation: Invitation) -> RelationshipStatus:
        if invitation.inviter_id == self.viewer.id and invitation.is_open(self.now):
            answered = invitation.replied_at is not None and invitation.ignored_at is None
            return (
                RelationshipStatus.REPLY_RECEIVED
                if answered
                else RelationshipStatus.INVITATION_SENT
            )
        if invitation.invitee_id == self.viewer.id and invitation.can_be_answered(self.now):
            return (
                RelationshipStatus.REPLY_SENT
                if invitation.replied_at
                else RelationshipStatus.INVITATION_RECEIVED
            )
        return RelationshipStatus.NOT_CONNECTED

    @property
    def can_write(self) -> bool:
        """Return whether the viewer may write to the other, according to `CAN_WRITE`."""
        return self.status in CAN_WRITE

    @property
    def shares_reading(self) -> bool:
        """Return whether the two see each other's read receipts and typing.

        They must be connected, and both must have this privacy setting on.
        """
        both = self.viewer.shares_reading and self.other.shares_reading
        return self.status is RelationshipStatus.CONNECTED and both

    @property
    def shares_presence(self) -> bool:
        """Return whether the two see when the other is online.

        They must be connected, and both must have this privacy setting on.
        """
        both = self.viewer.shares_presence and self.other.shares_presence
        return self.status is RelationshipStatus.CONNECTED and both

    @property
    def can_reply(self) -> bool:
        """Return whether the viewer has an invitation from the other that they may reply to."""
        return self.status in {
            RelationshipStatus.INVITATION_RECEIVED,
            RelationshipStatus.REPLY_SENT,
        }

    @property
    def invite_again_at(self) -> datetime | None:
        """Return when the viewer, who withdrew an invitation, may invite again; None if now."""
        return end_of_withdrawal_wait(self.withdrawn_at, self.now)

    @property
    def can_invite(self) -> bool:
        """Return whether the viewer may invite the other: unconnected, no invitation, no wait."""
        return self.status is RelationshipStatus.NOT_CONNECTED and self.invite_again_at is None

    @classmethod
    @cache
    def select(cls) -> Select[Member, int, Invitation, int, datetime | None]:
        """Build the query that reads all of a relationship in one row.

        Parameters: the ids `viewer` and `other`, and the same two as `low` and `high`, in order.
        """
        viewer, other = bindparam("viewer", type_=Integer), bindparam("other", type_=Integer)
        low, high = bindparam("low", type_=Integer), bindparam("high", type_=Integer)
        is_open = and_(
            Invitation.low_id == low, Invitation.high_id == high, Invitation.closed_at.is_(None)
        )
        pair = and_(Conversation.low_id == low, Conversation.high_id == high)
        sent = aliased(Invitation)
        withdrawn = (
            select(func.max(sent.closed_at))
            .where(
                sent.inviter_id == viewer,
                sent.invitee_id == other,
                sent.outcome == "withdrawn",
            )
            .scalar_subquery()
        )
        return (
            select(Member, degree_of(viewer, other), Invitation, Conversation.id, withdrawn)
            .select_from(Member)
            .outerjoin(Invitation, is_open)
            .outerjoin(Conversation, pair)
            .where(Member.id == other)
            .execution_options(populate_existing=True)
        )

    @classmethod
    def is_connected(cls, viewer_id: int, other_id: int) -> bool:
        """Return whether two members are connected and the other's account is open.

        Faster than `between(...).status`, which reads more.
        """
        return bool(query(_connected(), {"viewer": viewer_id, "other": other_id}).scalar())

    @classmethod
    def between(cls, viewer: Member, other_id: int, now: datetime) -> Self:
        """Read the relationship of a viewer and another member at the time `now`.

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
    """Build the query that finds a row if `other` is connected to `viewer` and not closed."""
    member, connection = table_of(Member), table_of(Connection)
    other = bindparam("other", type_=Integer)
    return (
        select(member.c.id)
        .join(connection, connection.c.peer_id == member.c.id)
        .where(connection.c.member_id == bindparam("viewer", type_=Integer))
        .where(connection.c.peer_id == other)
        .where(member.c.closed_at.is_(None))
    )
