"""Changing a message: its numbers move with it, and no change is possible without them."""

import pytest
from sqlalchemy import select

from linkmsg.actions.conversations import update_message
from linkmsg.db import db, writing
from linkmsg.models import Conversation, Message
from linkmsg.models.thread import ThreadChanges
from linkmsg.search.feed.change_feed import LAST_CHANGE


def messages_in(talk):
    """Return the messages of a conversation in their order, read again."""
    wanted = select(Message).where(Message.conversation_id == talk).order_by(Message.seq)
    return list(db.session.scalars(wanted, execution_options={"populate_existing": True}))


def revision_of(talk):
    """Return the revision of a conversation in the database."""
    return db.session.scalar(select(Conversation.revision).where(Conversation.id == talk))


def test_update_moves_revision_and_change(inside, ana, talk):
    first, second = messages_in(talk)
    held, last = revision_of(talk), db.session.scalar(LAST_CHANGE)
    with writing():
        conversation = db.session.scalars(*Conversation.locked(talk)).one()
        changed = update_message(first, body="Hello again")
        kept = changed.body, changed.revision, changed.change, changed.seq
    assert conversation.revision == held + 1
    before = second.revision, second.change, second.body
    first, second = messages_in(talk)
    assert (first.body, first.revision, first.seq) == ("Hello again", held + 1, 1)
    assert first.change == db.session.scalar(LAST_CHANGE) > last
    assert kept == (first.body, first.revision, first.change, first.seq)
    assert (second.revision, second.change, second.body) == before
    assert revision_of(talk) == held + 1


def test_open_page_learns_of_an_update(inside, ana, talk):
    held = revision_of(talk)
    with writing():
        update_message(messages_in(talk)[0], body="Hello again")
    [changes] = ThreadChanges.each(talk, held, [ana.id])
    assert [entry.message.body for entry in changes.entries] == ["Hello again"]
    assert (changes.revision, changes.has_more) == (held + 1, False)


def set_attributes(talk, values):
    """Set attributes of the first message as other models allow it."""
    with writing():
        for name, value in values.items():
            setattr(messages_in(talk)[0], name, value)


@pytest.mark.parametrize(
    "values", [{"body": "Forged"}, {"kind": "notice"}, {"attached": "x"}, {"revision": 99}]
)
def test_setting_an_attribute_is_refused(inside, talk, values):
    with pytest.raises(RuntimeError, match="update_message"):
        set_attributes(talk, values)
    db.session.expire_all()
    assert messages_in(talk)[0].body == "Hello Bo"


def test_setting_the_same_value_is_no_change(inside, talk):
    with writing():
        message = messages_in(talk)[0]
        message.body = str(message.body)
    assert messages_in(talk)[0].body == "Hello Bo"
