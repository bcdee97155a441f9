"""What two members who are not connected have in common."""

from linkmsg.db import db
from linkmsg.models.connection import Connection
from linkmsg.models.folding import fold
from linkmsg.models.relationship import Relationship, RelationshipStatus

MAX_NAMES = 3


def common_ground(relationship: Relationship) -> list[str]:
    """Return sentences like "You both know Bo." that help to write an invitation's note.

    They name up to 3 mutual connections, the same company and the same place. Empty if nothing
    is in common, or unless the two are unconnected and have no invitation between them.
    """
    if relationship.status is not RelationshipStatus.NOT_CONNECTED:
        return []
    me, other = relationship.viewer, relationship.other
    mutuals = db.session.scalars(Connection.mutual_members(me.id, other.id).limit(MAX_NAMES)).all()
    sentences = [f"You both know {each.name}." for each in mutuals]
    if me.company and fold(me.company) == fold(other.company):
        sentences.append(f"You both work at {other.company}.")
    if me.place and fold(me.place) == fold(other.place):
        sentences.append(f"You’re both in {other.place}.")
    return sentences
