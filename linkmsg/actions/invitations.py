"""Invitations to connect: send, accept, reply to, ignore and withdraw them."""

from collections.abc import Collection

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from linkmsg import clock
from linkmsg.actions.attachments import claim
from linkmsg.actions.connections import (
    connect_by_invitation,
    connect_by_two_invitations,
    current_invitation,
)
from linkmsg.actions.conversations import (
    add_message,
    add_note_once,
    open_conversation,
    take_numbers,
)
from linkmsg.actions.errors import ActionRefused, NonceReused
from linkmsg.actions.invitation_checks import (
    NO_LONGER_OPEN,
    check_can_answer,
    check_can_invite,
    check_limits,
)
from linkmsg.actions.messages import sent_with_nonce
from linkmsg.db import db, writing
from linkmsg.live import broadcasts
from linkmsg.models import (
    Conversation,
    Invitation,
    Member,
    Message,
    Relationship,
    RelationshipStatus,
)


def invite(inviter: Member, invitee: Member, note: str) -> Invitation:
    """Invite a member to connect; if that member has already invited the inviter, connect them.

    If the invitee blocked invitations from the inviter, it is stored as ignored: the invitee
    never sees it, and nothing tells the inviter.

    Raises:
        ActionRefused: they are connected, already invited, the same, or the account is closed.
        LimitReached: the inviter withdrew one recently, or reached the limit of a day or week.
        WritingNotAllowed: their relationship allows no invitation for another reason.
    """
    with writing():
        relationship = _lock_relationship(inviter, invitee)
        if relationship.status is RelationshipStatus.ACCOUNT_CLOSED:
            raise ActionRefused(f"{invitee.first_name}’s account is closed.")
        _clear_never_again(invitee, inviter)
        received = current_invitation(inviter, invitee)
        accepted = None
        if received is not None and received.inviter_id == invitee.id:
            invitation, accepted = (
                received,
                connect_by_two_invitations(received, inviter, invitee, note),
            )
        else:
            invitation = _add_invitation(relationship, note)
    if accepted:
        _announce_accepted(invitation, *accepted)
    else:
        # An invitee who blocked further invitations must get no frame (WebSocket message).
        unaware = invitee.id if invitation.ignored_at else 0
        broadcasts.invitation(invitation, except_member_id=unaware)
        broadcasts.relationship(inviter.id, invitee.id, except_member_id=unaware)
    return invitation


def _add_invitation(relationship: Relationship, note: str) -> Invitation:
    inviter, invitee = relationship.viewer, relationship.other
    check_can_invite(relationship)
    check_limits(inviter)
    invitation = Invitation.create(inviter, invitee, note, clock.now())
    if db.session.scalar(select(Invitation.is_blocked_from_inviting(inviter.id, invitee.id))):
        invitation.ignored_at = clock.now()
    db.session.add(invitation)
    return invitation


def accept(invitee: Member, invitation_id: int) -> Conversation:
    """Accept an invitation: connect the two members and return their conversation.

    The note is added to it as a message, or a notice if there is none to add. Accepting twice
    does nothing new and returns the same conversation.

    Raises:
        ActionRefused: it was withdrawn or ignored, or has expired.
    """
    with writing():
        invitation = _lock_invitation(invitation_id)
        if invitation.outcome == "accepted" and invitation.invitee_id == invitee.id:
            return db.session.scalars(
                Conversation.of_pair(invitation.inviter_id, invitation.invitee_id)
            ).one()
        inviter = check_can_answer(invitation, invitee)
        accepted = connect_by_invitation(invitation, inviter, invitee)
    _announce_accepted(invitation, *accepted)
    return accepted[0]


def reply(
    invitee: Member, invitation_id: int, body: str, nonce: str, files: Collection[str] = ()
) -> Message:
    """Reply to an invitation without accepting it: from now on both may write to each other.

    The invitation's note is added as a message before the reply. `nonce` is the random id of the
    form: if it was sent before with the same content, return that message and send nothing.

    Raises:
        ActionRefused: it was withdrawn, accepted or ignored, or has expired.
        NonceReused: the nonce was used for other content.
        AttachmentsRefused: a file is not the invitee's to send, or they are too many or too large.
    """
    conversation, old_revision = None, 0
    try:
        with writing():
            invitation = _lock_invitation(invitation_id)
            pair = Conversation.of_pair(invitation.inviter_id, invitation.invitee_id)
            existing = db.session.scalars(pair).one_or_none()
            sent = sent_with_nonce(invitee, existing.id if existing else 0, body, nonce, files)
            if sent is None:
                inviter = check_can_answer(invitation, invitee)
                conversation = open_conversation(inviter, invitee)
                old_revision = conversation.revision
                add_note_once(invitation, conversation, inviter)
                locked = take_numbers(conversation.id)
                sent = add_message(locked, invitee, body, nonce, claim(invitee, files))
                invitation.replied_at = invitation.replied_at or clock.now()
    except IntegrityError:
        raise NonceReused from None
    if conversation is not None:
        broadcasts.messages_changed(conversation, old_revision)
        broadcasts.invitation(invitation)
        broadcasts.relationship(invitation.inviter_id, invitation.invitee_id)
    return sent


def ignore(invitee: Member, invitation_id: int, *, never_again: bool = False) -> Invitation:
    """Ignore an invitation: the invitee no longer sees it, the inviter still sees it as pending.

    With `never_again`, further invitations from the same inviter are ignored at once.

    Raises:
        ActionRefused: it was withdrawn, accepted or ignored, or has expired.
    """
    with writing():
        invitation = _lock_invitation(invitation_id)
        check_can_answer(invitation, invitee)
        invitation.ignored_at, invitation.never_again = clock.now(), never_again
    broadcasts.invitation(invitation, except_member_id=invitation.inviter_id)
    if invitation.replied_at:
        broadcasts.relationship(invitation.inviter_id, invitation.invitee_id)
    return invitation


def undo_ignore(invitee: Member, invitation_id: int) -> Invitation:
    """Take back that an invitation was ignored: the invitee sees it again and can answer it.

    If further invitations were blocked with it, they are allowed again. Undoing twice does
    nothing new.

    Raises:
        ActionRefused: it was withdrawn or accepted, has expired, or was ignored at once because
            the invitee had blocked the inviter earlier.
    """
    with writing():
        invitation = _lock_invitation(invitation_id)
        invitation.ignored_at, invitation.never_again = None, False
        check_can_answer(invitation, invitee)
        blocked = Invitation.is_blocked_from_inviting(invitation.inviter_id, invitee.id)
        if db.session.scalar(select(blocked)):
            raise ActionRefused(NO_LONGER_OPEN)
    broadcasts.invitation(invitation, except_member_id=invitation.inviter_id)
    if invitation.replied_at:
        broadcasts.relationship(invitation.inviter_id, invitation.invitee_id)
    return invitation


def withdraw(inviter: Member, invitation_id: int) -> Invitation:
    """Take back an invitation; the inviter must wait before they invite the same member again.

    Raises:
        ActionRefused: it was accepted or withdrawn, has expired, or somebody else sent it.
    """
    with writing():
        invitation = _lock_invitation(invitation_id)
        if invitation.inviter_id != inviter.id or not invitation.is_open(clock.now()):
            raise ActionRefused(NO_LONGER_OPEN)
        invitation.close("withdrawn", clock.now())
    # Nothing changes for an invitee who ignored it. A frame would reveal that it was still open.
    unaware = invitation.invitee_id if invitation.ignored_at else 0
    broadcasts.invitation(invitation, except_member_id=unaware)
    broadcasts.relationship(invitation.inviter_id, invitation.invitee_id, except_member_id=unaware)
    return invitation


def _announce_accepted(
    invitation: Invitation, conversation: Conversation, old_revision: int
) -> None:
    broadcasts.messages_changed(conversation, old_revision)
    broadcasts.invitation(invitation)
    broadcasts.relationship(invitation.inviter_id, invitation.invitee_id)


def _lock_relationship(one: Member, other: Member) -> Relationship:
    db.session.scalars(Member.locked(one.id, other.id)).all()
    return Relationship.between(one, other.id, clock.now())


def _clear_never_again(inviter: Member, invitee: Member) -> None:
    """Let the invitee receive a member's invitations again, if they had blocked them."""
    db.session.execute(
        update(Invitation)
        .where(Invitation.inviter_id == inviter.id, Invitation.invitee_id == invitee.id)
        .values(never_again=False)
    )


def _lock_invitation(invitation_id: int) -> Invitation:
    """Lock the rows of the two members of an invitation, and then read and return it.

    Raises:
        ActionRefused: there is no such invitation.
    """
    invitation = db.session.get(Invitation, invitation_id)
    if invitation is None:
        raise ActionRefused(NO_LONGER_OPEN)
    db.session.scalars(Member.locked(invitation.inviter_id, invitation.invitee_id)).all()
    db.session.refresh(invitation)
    return invitation
