"""The index misses no change, in whatever order changes are committed."""

import threading

import pytest
from sqlalchemy import text

from linkmsg.actions import messages
from linkmsg.db import db, on_sqlite
from linkmsg.models import Message
from linkmsg.search.feed import change_feed, indexer
from tests import people
from tests.people import nonce
from tests.search.conftest import bodies


@pytest.fixture
def on_postgres(inside):
    """Where writes can be committed in another order than their numbers."""
    if on_sqlite():
        pytest.skip("SQLite has one writer at a time")


def test_each_message_has_a_higher_number_than_all_before(inside, ana, bo):
    people.talk(ana, bo, "alpha", "bravo", "charlie")
    numbers = list(db.session.scalars(db.select(Message.change).order_by(Message.id)))
    assert numbers == sorted(set(numbers))
    assert change_feed.last_change() == numbers[-1]


def test_a_lower_number_that_is_committed_last_is_not_passed_over(
    on_postgres, indexed, ana, bo, monkeypatch
):
    monkeypatch.setattr(indexer, "SETTLE_TRIES", 10_000)
    talk = people.talk(ana, bo, "alpha word")
    other = people.talk(ana, ana, "a note")
    indexed()
    late = db.engine.connect()
    late.execute(text(INSERT), {"talk": other, "body": "bravo word", "author": ana.id})
    messages.send(bo.member(), talk, "charlie word", nonce())
    seen = []
    reader = threading.Thread(target=read_settled, args=(ana.app, seen))
    reader.start()
    reader.join(0.2)
    assert seen == []  # it waits for the one that has a lower number
    late.commit()
    late.close()
    reader.join(60)
    assert seen == [change_feed.last_change()]
    indexed()
    assert bodies(ana, "word") == ["charlie word", "bravo word", "alpha word"]


INSERT = """
    INSERT INTO messages (conversation_id, seq, revision, change, kind, author_id, body, attached,
        created_at)
    VALUES (:talk, 2, 2, (SELECT nextval('messages_change') FROM
        pg_advisory_xact_lock_shared(1819175779)), 'text', :author, :body, '', now())
"""


def read_settled(app, seen):
    with app.app_context():
        seen.append(indexer.last_settled_change())


WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


def test_a_write_that_does_not_end_holds_nobody_up(on_postgres, ana, bo, monkeypatch):
    talk = people.talk(ana, bo, "alpha word")
    seen = []

    def looked(_seconds):
        people.talk(bo, bo, "charlie word")
        seen.append(db.session.scalar(text(WAITING)))

    monkeypatch.setattr(indexer.time, "sleep", looked)
    monkeypatch.setattr(indexer, "SETTLE_TRIES", 3)
    with db.engine.connect() as late:
        values = {"talk": talk, "body": "bravo word", "author": ana.id}
        late.execute(text(INSERT), values)
        assert indexer.last_settled_change() == 0
    assert seen == [0, 0, 0]
