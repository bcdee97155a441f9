"""Tabs of people, as the hub knows them, and what was said to each."""

import re

from linkmsg.actions import privacy, typing
from linkmsg.db import BOOT, db, next_look
from linkmsg.live.connection import TabConnection
from linkmsg.live.hub import MISSED, Hub
from linkmsg.models import Conversation
from tests.people import Person


def hub_of(person: Person) -> Hub:
    """The hub of the app in which somebody has her account."""
    return person.app.extensions["linkmsg.hub"]


def fresh() -> str:
    """As of now: what the page of a tab says that was read this moment."""
    return f"{BOOT}.{next_look()}"


def tab(person: Person, session_id: int = 1) -> TabConnection:
    """A tab of somebody, whose page has missed nothing."""
    line = TabConnection(person.id, session_id)
    assert hub_of(person).join(line, fresh())
    return line


def raw(line: TabConnection) -> list[str]:
    """All frames that wait for a tab, which are taken from it."""
    frames = [line._frames.get_nowait() for _ in range(line._frames.qsize())]
    return [each for each in frames if each is not None]


def heard(line: TabConnection) -> str:
    """What was shown to a tab since it was asked last; "" for nothing."""
    return "\n".join(each for each in raw(line) if each != MISSED)


def type_in(person, id):
    """Press a key in a conversation."""
    with person.app.app_context():
        typing.start_typing(person.member(), db.session.get_one(Conversation, id))


def read(person, id, seq=99):
    """See a conversation up to a message."""
    assert person.post(f"/messaging/{id}/read", seq=str(seq)).status_code == 303


def share(person, *, reading=True, presence=True):
    """Turn the two switches."""
    with person.app.app_context():
        privacy.change(person.member(), reading=reading, presence=presence)


def unread_in(frames):
    """The unread count that a tab was told last."""
    return re.findall(r'id="unread"[^>]*>(\d+)<', frames)[-1]
