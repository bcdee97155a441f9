"""Connecting two members, and parting them."""

from linkmsg import clock
from linkmsg.actions.conversations import open_between, write_connected, write_note_once
from linkmsg.actions.errors import Refused
from linkmsg.db import db, writing
from linkmsg.live import broadcasts
from linkmsg.models import Connection, Conversation, Degree, Invitation, Member, Relation


def connect(one: Member, other: Member) -> None:
    """Connect two members from the command line; done already is done.

    An invitation that is open between them is accepted by it.

    Raises:
        Refused: it is one and the same member, or an account is closed.
    """
    if one.id == other.id:
        raise Refused("Nobody can be connected to herself.")
    with writing():
        people = {each.id: each for each in db.session.scalars(Member.locked(one.id, other.id))}
        if any(each.closed for each in people.values()):
            raise Refused("An account that is closed can't be connected.")
        if Relation.between(one, other.id, clock.now()).degree is Degree.FIRST:
            return
        asked, opened = open_or_lapsed(one, other), None
        if asked is None:
            tie(one, other)
        else:
            opened = accept_for(asked, people[asked.inviter_id], people[asked.invitee_id])
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


def open_or_lapsed(one: Member, other: Member) -> Invitation | None:
    """The invitation that is open between two; one that is found to have lapsed is closed."""
    asked = db.session.scalars(Invitation.open_between(one.id, other.id)).one_or_none()
    if asked is None or asked.is_open(clock.now()):
        return asked
    asked.close("lapsed", clock.now())
    db.session.flush()
    return None


def accept_for(asked: Invitation, inviter: Member, invitee: Member) -> tuple[Conversation, int]:
    """Connect the two of an invitation; its note opens their conversation, or a notice does.

    It gives the conversation and the revision that it had before.
    """
    conversation = open_between(inviter, invitee)
    held = conversation.revision
    if not write_note_once(asked, conversation, inviter):
        write_connected(conversation)
    asked.close("accepted", clock.now())
    tie(inviter, invitee)
    return conversation, held


def tie(one: Member, other: Member) -> None:
    """Write both rows of a connection, within a write that has locked the two."""
    now = clock.now()
    db.session.add(Connection(member_id=one.id, peer_id=other.id, since=now))
    db.session.add(Connection(member_id=other.id, peer_id=one.id, since=now))
    db.session.flush()
