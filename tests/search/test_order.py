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
from tests.support.search import bodies


@pytest.fixture
def on_postgres(inside):
    """Skip a test where changes are always committed in the order of their numbers."""
    if on_sqlite():
        pytest.skip("SQLite has one writer at a time")


def test_each_message_has_a_higher_change_number(inside, ana, bo):
    people.talk(ana, bo, "alpha", "bravo", "charlie")
    numbers = list(db.session.scalars(db.select(Message.change).order_by(Message.id)))
    assert numbers == sorted(set(numbers))
    assert change_feed.last_change() == numbers[-1]


def test_lower_number_that_is_committed_last_is_indexed(
    on_postgres, index_all, ana, bo, monkeypatch
):
    talk = people.talk(ana, bo, "alpha word")
    other = people.talk(ana, ana, "a note")
    index_all()
    late = db.engine.connect()
    late.execute(text(INSERT), {"talk": other, "body": "bravo word", "author": ana.id})
    messages.send(bo.member(), talk, "charlie word", nonce())
    seen, pauses = [], threading.Semaphore(0)
    never = threading.Event()
    monkeypatch.setattr(indexer, "SETTLE_TRIES", 1_000_000)
    monkeypatch.setattr(indexer.time, "sleep", lambda pause: pauses.release() or never.wait(pause))
    reader = threading.Thread(target=read_settled, args=(ana.app, seen))
    reader.start()
    for _ in range(3):
        assert pauses.acquire(timeout=60)
    assert seen == []  # it waits for the change that has a lower number
    late.commit()
    late.close()
    reader.join(60)
    assert seen == [change_feed.last_change()]
    index_all()
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


def test_write_that_does_not_end_blocks_nobody(on_postgres, ana, bo, monkeypatch):
    talk = people.talk(ana, bo, "alpha word")
    waiting = []

    def send_meanwhile(_seconds):
        people.talk(bo, bo, "charlie word")
        waiting.append(db.session.scalar(text(WAITING)))

    monkeypatch.setattr(indexer.time, "sleep", send_meanwhile)
    monkeypatch.setattr(indexer, "SETTLE_TRIES", 3)
    with db.engine.connect() as late:
        values = {"talk": talk, "body": "bravo word", "author": ana.id}
        late.execute(text(INSERT), values)
        assert indexer.last_settled_change() == 0
    assert waiting == [0, 0, 0]
