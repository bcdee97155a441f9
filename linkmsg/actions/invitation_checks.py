"""Check whether a member may send an invitation, or answer one; raise an error if not."""

from datetime import timedelta

from linkmsg import clock
from linkmsg.actions.errors import ActionRefused, LimitReached, WritingNotAllowed
from linkmsg.config import settings
from linkmsg.db import db
from linkmsg.models import Invitation, Member, Relationship, RelationshipStatus

NO_LONGER_OPEN = "This invitation is no longer available."


def check_can_invite(relationship: Relationship) -> None:
    """Raise an error unless `relationship.viewer` may invite `relationship.other` to connect now.

    Raises:
        ActionRefused: they are the same or connected, or the viewer has already invited the other.
        LimitReached: the viewer withdrew an invitation to the other and has to wait.
        WritingNotAllowed: the other has invited the viewer, or has a closed account.
    """
    name, status = relationship.other.first_name, relationship.status
    if status is RelationshipStatus.SELF:
        raise ActionRefused("You can’t invite yourself.")
    if status is RelationshipStatus.CONNECTED:
        raise ActionRefused(f"You and {name} are already connected.")
    if status in {RelationshipStatus.INVITATION_SENT, RelationshipStatus.REPLY_RECEIVED}:
        raise ActionRefused(f"You already invited {name}. Wait for {name} to respond.")
    if relationship.can_invite:
        return
    if relationship.invite_again_at:
        raise LimitReached(
            f"You withdrew your last invitation to {name}.",
            relationship.invite_again_at,
        )
    raise WritingNotAllowed(relationship)


def check_limits(inviter: Member) -> None:
    """Raise an error if a member has sent as many invitations as a day or a week allows.

    Raises:
        LimitReached: they have; `retry_at` is when both limits allow another one.
    """
    now, reached = clock.now(), []
    for most, days, period in (
        (settings.invitations_daily, 1, "a day"),
        (settings.invitations_weekly, 7, "a week"),
    ):
        length = timedelta(days=days)
        sent = list(db.session.scalars(Invitation.sent_times(inviter, now, length)))
        if len(sent) >= most:
            sentence = f"You reached the limit of {most} invitations {period}."
            reached.append(LimitReached(sentence, min(sent[-most], now) + length))
    if reached:
        raise max(reached, key=lambda limit: limit.retry_at)


def check_can_answer(invitation: Invitation, invitee: Member) -> Member:
    """Return the member who sent an invitation if `invitee` may still answer it; else raise.

    Raises:
        ActionRefused: it was sent to somebody else, or is closed, expired or ignored.
    """
    inviter = db.session.scalars(Member.by_id(invitation.inviter_id)).one()
    is_recipient = invitation.invitee_id == invitee.id
    if not is_recipient or not invitation.can_be_answered(clock.now()) or inviter.is_closed:
        raise ActionRefused(NO_LONGER_OPEN)
    return inviter
