"""The life of an invitation: sent, answered, ignored, withdrawn."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from linkmsg import clock
from linkmsg.actions.attachments import claim
from linkmsg.actions.connections import add_connection, connect_by_invitation, current_invitation
from linkmsg.actions.conversations import (
    add_connected_notice,
    add_message,
    add_note_once,
    open_conversation,
)
from linkmsg.actions.errors import ActionRefused, LimitReached, NonceReused, WritingNotAllowed
from linkmsg.actions.messages import sent_with_nonce
from linkmsg.config import settings
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

NO_LONGER_OPEN = "This invitation is no longer open."


def invite(inviter: Member, invitee: Member, note: str) -> Invitation:
    """Invite a member to connect. If she has invited the inviter already, they are connected.

    An invitee who wants no more of this inviter never sees it; the inviter can't tell.

    Raises:
        Refused: they are connected, the inviter waits already, or has withdrawn lately.
        TooMany: the inviter has sent as many as she may today, or this week.
    """
    with writing():
        relation = _locked_relation(inviter, invitee)
        if relation.standing is RelationshipStatus.CLOSED:
            raise ActionRefused(f"{invitee.first_name}’s account is closed.")
        _clear_never_again(invitee, inviter)
        asked = current_invitation(inviter, invitee)
        opened = None
        if asked is not None and asked.inviter_id == invitee.id:
            invitation, opened = asked, _accept_crossed(asked, inviter, invitee, note)
        else:
            invitation = _add_invitation(relation, note)
    if opened:
        _announce_accepted(invitation, *opened)
    else:
        # An invitation that nobody wants is told to nobody but her who has sent it.
        unwilling = invitee.id if invitation.ignored_at else 0
        broadcasts.invitation(invitation, but=unwilling)
        broadcasts.standing(inviter.id, invitee.id, but=unwilling)
    return invitation


def _add_invitation(relation: Relationship, note: str) -> Invitation:
    inviter, invitee = relation.viewer, relation.other
    _check_may_invite(relation)
    _check_limits(inviter)
    invitation = Invitation.ask(inviter, invitee, note, clock.now())
    if db.session.scalar(select(Invitation.unwanted(inviter.id, invitee.id))):
        invitation.ignored_at = clock.now()
    db.session.add(invitation)
    return invitation


def accept(invitee: Member, invitation_id: int) -> Conversation:
    """Accept: the two are connected, and the note opens their conversation, or a notice does.

    Accepted already is accepted: it gives their conversation again.

    Raises:
        Refused: it was withdrawn, has lapsed or is answered.
    """
    with writing():
        invitation = _lock_invitation(invitation_id)
        if invitation.outcome == "accepted" and invitation.invitee_id == invitee.id:
            return db.session.scalars(
                Conversation.of_pair(invitation.inviter_id, invitation.invitee_id)
            ).one()
        inviter = _check_can_answer(invitation, invitee)
        opened = connect_by_invitation(invitation, inviter, invitee)
    _announce_accepted(invitation, *opened)
    return opened[0]


def reply(
    invitee: Member, invitation_id: int, body: str, nonce: str, files: Collection[str] = ()
) -> Message:
    """Answer without accepting: the note becomes the first message, and both may write.

    Raises:
        Refused: it was withdrawn, has lapsed or is answered.
        NonceReused: the nonce has sent something else.
        FilesRefused: one of the files is not hers to send, or they are too many.
    """
    conversation, held = None, 0
    try:
        with writing():
            invitation = _lock_invitation(invitation_id)
            pair = Conversation.of_pair(invitation.inviter_id, invitation.invitee_id)
            old = db.session.scalars(pair).one_or_none()
            sent = sent_with_nonce(invitee, old.id if old else 0, body, nonce, files)
            if sent is None:
                inviter = _check_can_answer(invitation, invitee)
                conversation = open_conversation(inviter, invitee)
                held = conversation.revision
                add_note_once(invitation, conversation, inviter)
                sent = add_message(conversation, invitee, body, nonce, claim(invitee, files))
                invitation.replied_at = invitation.replied_at or clock.now()
    except IntegrityError:
        raise NonceReused from None
    if conversation is not None:
        broadcasts.changed(conversation, held)
        broadcasts.invitation(invitation)
        broadcasts.standing(invitation.inviter_id, invitation.invitee_id)
    return sent


def ignore(invitee: Member, invitation_id: int, *, never_again: bool = False) -> Invitation:
    """Ignore, silently: the inviter goes on waiting. `never_again` hides her next ones too.

    Raises:
        Refused: it was withdrawn, has lapsed or is answered.
    """
    with writing():
        invitation = _lock_invitation(invitation_id)
        _check_can_answer(invitation, invitee)
        invitation.ignored_at, invitation.never_again = clock.now(), never_again
    broadcasts.invitation(invitation, but=invitation.inviter_id)
    if invitation.replied_at:
        broadcasts.standing(invitation.inviter_id, invitation.invitee_id)
    return invitation


def withdraw(inviter: Member, invitation_id: int) -> Invitation:
    """Take an invitation back; the same person can't be invited again for a while.

    Raises:
        Refused: it is accepted, withdrawn or lapsed already.
    """
    with writing():
        invitation = _lock_invitation(invitation_id)
        if invitation.inviter_id != inviter.id or not invitation.is_open(clock.now()):
            raise ActionRefused(NO_LONGER_OPEN)
        invitation.close("withdrawn", clock.now())
    # To her who has ignored it nothing changes, and a word would tell that it was there still.
    unaware = invitation.invitee_id if invitation.ignored_at else 0
    broadcasts.invitation(invitation, but=unaware)
    broadcasts.standing(invitation.inviter_id, invitation.invitee_id, but=unaware)
    return invitation


def _announce_accepted(invitation: Invitation, conversation: Conversation, held: int) -> None:
    broadcasts.changed(conversation, held)
    broadcasts.invitation(invitation)
    broadcasts.standing(invitation.inviter_id, invitation.invitee_id)


def _locked_relation(one: Member, other: Member) -> Relationship:
    db.session.scalars(Member.locked(one.id, other.id)).all()
    return Relationship.between(one, other.id, clock.now())


def _clear_never_again(inviter: Member, invitee: Member) -> None:
    """Take back that a member wants no more invitations of another, for now she asks herself."""
    db.session.execute(
        update(Invitation)
        .where(Invitation.inviter_id == inviter.id, Invitation.invitee_id == invitee.id)
        .values(never_again=False)
    )


def _accept_crossed(
    asked: Invitation, inviter: Member, invitee: Member, note: str
) -> tuple[Conversation, int]:
    conversation = open_conversation(inviter, invitee)
    held = conversation.revision
    wrote = add_note_once(asked, conversation, invitee)
    if note:
        # Unlike the note of an invitation, nobody was shown this one: it is news to her.
        add_message(conversation, inviter, note)
    elif not wrote:
        add_connected_notice(conversation)
    asked.close("accepted", clock.now())
    add_connection(inviter, invitee)
    return conversation, held


def _check_may_invite(relation: Relationship) -> None:
    name = relation.other.first_name
    if relation.standing is RelationshipStatus.HERSELF:
        raise ActionRefused("You can't invite yourself.")
    if relation.standing is RelationshipStatus.CONNECTED:
        raise ActionRefused(f"You and {name} are connected already.")
    if relation.standing in {RelationshipStatus.WAITING, RelationshipStatus.IN_REPLY_SENT}:
        raise ActionRefused(f"You have invited {name} already. Waiting for {name} to answer.")
    if not relation.may_invite and relation.invite_again_at:
        raise LimitReached(
            f"You withdrew your last invitation to {name}, so the next has to wait.",
            relation.invite_again_at,
        )
    if not relation.may_invite:
        raise WritingNotAllowed(relation)


def _check_limits(inviter: Member) -> None:
    now, reached = clock.now(), []
    for most, days, each in (
        (settings.invitations_daily, 1, "a day"),
        (settings.invitations_weekly, 7, "a week"),
    ):
        since = now - timedelta(days=days)
        sent = list(db.session.scalars(Invitation.sent_times(inviter, since)))
        if len(sent) >= most:
            again_at = sent[-most] + timedelta(days=days)
            sentence = f"You can send {most} invitations {each}. That was the last."
            reached.append(LimitReached(sentence, again_at))
    if reached:
        raise max(reached, key=lambda limit: limit.again_at)


def _lock_invitation(invitation_id: int) -> Invitation:
    """The invitation, with its pair locked."""
    found = db.session.get(Invitation, invitation_id)
    if found is None:
        raise ActionRefused(NO_LONGER_OPEN)
    db.session.scalars(Member.locked(found.inviter_id, found.invitee_id)).all()
    db.session.refresh(found)
    return found


def _check_can_answer(invitation: Invitation, invitee: Member) -> Member:
    """The inviter, if this invitation is there for this member to answer."""
    inviter = db.session.scalars(Member.by_id(invitation.inviter_id)).one()
    is_hers = invitation.invitee_id == invitee.id
    if not is_hers or not invitation.is_seen_by_invitee(clock.now()) or inviter.closed:
        raise ActionRefused(NO_LONGER_OPEN)
    return inviter
