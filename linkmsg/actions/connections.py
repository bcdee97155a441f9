"""Connecting two members, and parting them."""

from linkmsg import clock
from linkmsg.actions.faults import Refused
from linkmsg.db import db, writing
from linkmsg.models import Connection, Invitation, Member, Relation, Standing


def connect(one: Member, other: Member) -> None:
    """Connect two members from the command line; done already is done.

    Raises:
        Refused: it is one and the same member.
    """
    if one.id == other.id:
        raise Refused("Nobody can be connected to herself.")
    with writing():
        db.session.scalars(Member.locked(one.id, other.id)).all()
        asked = db.session.scalars(Invitation.open_between(one.id, other.id)).one_or_none()
        if asked is not None:
            asked.close("accepted", clock.now())
        if Relation.between(one, other.id, clock.now()).standing is not Standing.CONNECTED:
            tie(one, other)


def remove(member: Member, other: Member) -> None:
    """Part two members, silently; what they wrote stays. Parted already is parted."""
    with writing():
        db.session.scalars(Member.locked(member.id, other.id)).all()
        for row in db.session.scalars(Connection.between(member.id, other.id)):
            db.session.delete(row)


def tie(one: Member, other: Member) -> None:
    """Write both rows of a connection, within a write that has locked the two."""
    now = clock.now()
    db.session.add(Connection(member_id=one.id, peer_id=other.id, since=now))
    db.session.add(Connection(member_id=other.id, peer_id=one.id, since=now))
    db.session.flush()
