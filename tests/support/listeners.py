"""Connect tabs of people without a browser, and read the frames that are sent to them."""

import re
import sys

from flask import Flask
from sqlalchemy import select

from linkmsg.actions import privacy, typing
from linkmsg.db import db
from linkmsg.live.connection import TabConnection
from linkmsg.live.hub import CATCH_UP, Hub
from linkmsg.models import Conversation
from linkmsg.models.snapshot import SnapshotCounter
from tests.people import Person


def hub_of(person: Person) -> Hub:
    """Return the Hub of a person's app, which knows the connected tabs."""
    return person.app.extensions["linkmsg.hub"]


def label_now(app: Flask) -> str:
    """Return the label of the current database state, as a page that is rendered now has it."""
    with app.app_context():
        return db.session.scalar(select(SnapshotCounter.label()))


def tab(person: Person, session_id: int = 1) -> TabConnection:
    """Connect a tab of a person without a socket, so that its frames stay in its queue.

    Its page counts as up to date.
    """
    line = TabConnection(person.id, session_id)
    assert hub_of(person).add(line, sys.maxsize)
    return line


def take_frames(line: TabConnection) -> list[str]:
    """Take all frames that wait to be sent to a tab out of its queue, and return them."""
    frames = [line._frames.get_nowait() for _ in range(line._frames.qsize())]
    return [each for each in frames if each is not None]


def take_html(line: TabConnection) -> str:
    """Take all frames that wait to be sent to a tab, and return their HTML as one text."""
    return "\n".join(each for each in take_frames(line) if each != CATCH_UP)


def type_in(person, id):
    """Show that a person is typing in a conversation."""
    with person.app.app_context():
        typing.start_typing(person.member(), db.session.get_one(Conversation, id))


def read(person, id, seq=99):
    """Mark a conversation as read up to the message with number `seq`, by HTTP."""
    assert person.post(f"/messaging/{id}/read", seq=str(seq)).status_code == 303


def share(person, *, reading=True, presence=True):
    """Choose whether a person shares read receipts and presence."""
    with person.app.app_context():
        privacy.change(person.member(), reading=reading, presence=presence)


def unread_in(frames):
    """Return the newest unread count in the HTML of frames, as a string."""
    return re.findall(r'id="unread"[^>]*>(\d+)<', frames)[-1]
