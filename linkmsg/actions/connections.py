"""Connect two members, or remove their connection."""

from linkmsg import clock
from linkmsg.actions.conversations import (
    add_connected_notice,
    add_message,
    add_note_once,
    open_conversation,
    take_numbers,
)
from linkmsg.actions.errors import ActionRefused
from linkmsg.db import db, writing
from linkmsg.live import broadcasts
from linkmsg.models import Connection, Conversation, Degree, Invitation, Member, Relationship


def connect(one: Member, other: Member) -> None:
    """Connect two members, for the command line; do nothing if they are connected.

    If one has invited the other, that invitation is accepted.

    Raises:
        ActionRefused: the two are the same member, or an account is closed.
    """
    if one.id == other.id:
        raise ActionRefused("A member can’t be connected to themselves.")
    with writing():
        people = {each.id: each for each in db.session.scalars(Member.locked(one.id, other.id))}
        if any(each.is_closed for each in people.values()):
            raise ActionRefused("A closed account can’t be connected.")
        if Relationship.between(one, other.id, clock.now()).degree is Degree.FIRST:
            return
        invitation, accepted = current_invitation(one, other), None
        if invitation is None:
            add_connection(one, other)
        else:
            inviter, invitee = people[invitation.inviter_id], people[invitation.invitee_id]
            accepted = connect_by_invitation(invitation, inviter, invitee)
    if invitation and accepted:
        broadcasts.messages_changed(*accepted)
        broadcasts.invitation(invitation)
    broadcasts.relationship(one.id, other.id)


def remove(member: Member, other: Member) -> None:
    """Remove the connection of two members, if there is one; their messages stay."""
    with writing():
        db.session.scalars(Member.locked(member.id, other.id)).all()
        for row in db.session.scalars(Connection.between(member.id, other.id)):
            db.session.delete(row)
    broadcasts.relationship(member.id, other.id)


def current_invitation(one: Member, other: Member) -> Invitation | None:
    """Return the invitation between two members that is not accepted, withdrawn or expired.

    None if there is none. If it finds an expired one, it closes it. The invitation may be one
    that the invitee ignored.
    """
    invitation = db.session.scalars(Invitation.open_between(one.id, other.id)).one_or_none()
    if invitation is None or invitation.is_open(clock.now()):
        return invitation
    invitation.close("lapsed", clock.now())
    db.session.flush()
    return None


def connect_by_invitation(
    invitation: Invitation, inviter: Member, invitee: Member
) -> tuple[Conversation, int]:
    """Accept an invitation: connect the two, and open their conversation with its note.

    If there is no note, or it was added before, a notice says that they are connected. Return the
    conversation, and its `revision` (count of changes) before this, for the broadcast.
    """
    conversation = open_conversation(inviter, invitee)
    old_revision = conversation.revision
    if not add_note_once(invitation, conversation, inviter):
        add_connected_notice(conversation)
    invitation.close("accepted", clock.now())
    add_connection(inviter, invitee)
    return conversation, old_revision


def connect_by_two_invitations(
    received: Invitation, inviter: Member, invitee: Member, note: str
) -> tuple[Conversation, int]:
    """Connect two members who invited each other, and add the notes of both as messages.

    `inviter` invites now, with `note`; `received` is the earlier invitation to them from
    `invitee`. Return the conversation, and its `revision` (count of changes) before this.
    """
    conversation = open_conversation(inviter, invitee)
    old_revision = conversation.revision
    wrote = add_note_once(received, conversation, invitee)
    if note:
        # The other member has not seen this note, so it is added as an unread message.
        add_message(take_numbers(conversation.id), inviter, note)
    elif not wrote:
        add_connected_notice(conversation)
    received.close("accepted", clock.now())
    add_connection(inviter, invitee)
    return conversation, old_revision


def add_connection(one: Member, other: Member) -> None:
    """Add both rows of a connection; the caller has locked the two members `with writing()`."""
    now = clock.now()
    db.session.add(Connection(member_id=one.id, peer_id=other.id, since=now))
    db.session.add(Connection(member_id=other.id, peer_id=one.id, since=now))
    db.session.flush()
