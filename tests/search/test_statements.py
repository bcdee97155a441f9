"""What a search asks of the database does not grow with what is in it."""

import pytest
from sqlalchemy import event

from linkmsg.actions import messages
from linkmsg.db import db, on_sqlite
from linkmsg.search.index import reading
from tests import people
from tests.blueprints.test_statements import counted
from tests.people import attach, nonce
from tests.search.conftest import found

# One of these lets the database confirm what is counted.
MOST = 8
ASKED = ("word", "from:bo word", "has:file", "on:2026 -from:me", "is:unread", "wrod", "to:bo word")


def costs(ana):
    """How many statements each search needs."""
    needed = {}
    for text in ASKED:
        with counted(ana.app) as statements:
            found(ana, text)
        needed[text] = len(statements)
    return needed


def test_no_search_asks_more_often_when_there_is_more(read, ana, bo):
    talk = people.talk(bo, ana, "first word")
    messages.send(ana.member(), talk, "with a file", nonce(), [attach(ana)])
    read()
    few = costs(ana)
    people.talk(bo, ana, *(f"word {number}" for number in range(40)))
    for _ in range(3):
        messages.send(ana.member(), talk, "another file", nonce(), [attach(ana)])
    read()
    assert costs(ana) == few
    assert max(few.values()) <= MOST


def test_what_is_asked_many_times_is_asked_of_the_database_once(read, ana, bo):
    people.talk(bo, ana, "a word")
    read()
    needed = []
    for text in ("from:bo word", "from:bo " * 30 + "word"):
        with counted(ana.app) as statements:
            assert found(ana, text).total == 1
        needed.append(len(statements))
    assert needed[0] == needed[1]


def test_no_word_is_looked_for_by_going_through_all_that_one_was_ever_told(read, ana, bo):
    if not on_sqlite():
        pytest.skip("SQLite tells its plan in this way")
    people.talk(bo, ana, *(f"word {number}" for number in range(reading.CAP + 1)))
    read()
    asked = []

    def note(_connection, _cursor, statement, parameters, *_):
        asked.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    assert found(ana, "word").hits
    event.remove(db.engine, "before_cursor_execute", note)
    selects = [each for each in asked if each[0].startswith("SELECT")]
    explain = db.session.connection().exec_driver_sql
    plans = [
        row.detail
        for statement, parameters in selects
        for row in explain(f"EXPLAIN QUERY PLAN {statement}", parameters)
    ]
    assert any("SEARCH participations" in each for each in plans)
    assert [each for each in plans if "ix_participations_inbox" in each] == []
