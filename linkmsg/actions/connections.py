"""Connecting two members, and parting them."""

from linkmsg import clock
from linkmsg.actions.conversations import add_connected_notice, add_note_once, open_conversation
from linkmsg.actions.errors import ActionRefused
from linkmsg.db import db, writing
from linkmsg.live import broadcasts
from linkmsg.models import Connection, Conversation, Degree, Invitation, Member, Relationship


def connect(one: Member, other: Member) -> None:
    """Connect two members from the command line; done already is done.

    An invitation that is open between them is accepted by it.

    Raises:
        Refused: it is one and the same member, or an account is closed.
    """
    if one.id == other.id:
        raise ActionRefused("Nobody can be connected to herself.")
    with writing():
        people = {each.id: each for each in db.session.scalars(Member.locked(one.id, other.id))}
        if any(each.closed for each in people.values()):
            raise ActionRefused("An account that is closed can't be connected.")
        if Relationship.between(one, other.id, clock.now()).degree is Degree.FIRST:
            return
        asked, opened = current_invitation(one, other), None
        if asked is None:
            add_connection(one, other)
        else:
            opened = connect_by_invitation(
                asked, people[asked.inviter_id], people[asked.invitee_id]
            )
    if asked and opened:
        broadcasts.changed(*opened)
        broadcasts.invitation(asked)
    broadcasts.standing(one.id, other.id)


def remove(member: Member, other: Member) -> None:
    """Part two members, silently; what they wrote stays. Parted already is parted."""
    with writing():
        db.session.scalars(Member.locked(member.id, other.id)).all()
        for row in db.session.scalars(Connection.between(member.id, other.id)):
            db.session.delete(row)
    broadcasts.standing(member.id, other.id)


def current_invitation(one: Member, other: Member) -> Invitation | None:
    """The invitation that is open between two; one that is found to have lapsed is closed."""
    asked = db.session.scalars(Invitation.open_between(one.id, other.id)).one_or_none()
    if asked is None or asked.is_open(clock.now()):
        return asked
    asked.close("lapsed", clock.now())
    db.session.flush()
    return None


def connect_by_invitation(
    asked: Invitation, inviter: Member, invitee: Member
) -> tuple[Conversation, int]:
    """Connect the two of an invitation; its note opens their conversation, or a notice does.

    It gives the conversation and the revision that it had before.
    """
    conversation = open_conversation(inviter, invitee)
    held = conversation.revision
    if not add_note_once(asked, conversation, inviter):
        add_connected_notice(conversation)
    asked.close("accepted", clock.now())
    add_connection(inviter, invitee)
    return conversation, held


def add_connection(one: Member, other: Member) -> None:
    """Write both rows of a connection, within a write that has locked the two."""
    now = clock.now()
    db.session.add(Connection(member_id=one.id, peer_id=other.id, since=now))
    db.session.add(Connection(member_id=other.id, peer_id=one.id, since=now))
    db.session.flush()
