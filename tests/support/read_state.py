"""Mark a conversation as read or unread without HTTP, and look up what a person has read."""

from linkmsg.actions import reading
from linkmsg.db import db
from linkmsg.models import Participation


def read_state(person, id):
    with person.app.app_context():
        part, _ = db.session.execute(*Participation.of(person.member(), id)).one()
        return part.last_read_seq, part.unread


def read(person, id, seq):
    with person.app.app_context():
        reading.read(person.member(), id, seq)


def mark_unread(person, id):
    with person.app.app_context():
        reading.mark_unread(person.member(), id)
