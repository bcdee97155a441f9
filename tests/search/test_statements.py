"""The number and cost of a search's statements do not grow with what the database holds."""

import pytest
from sqlalchemy import event

from linkmsg.actions import messages
from linkmsg.db import db, on_sqlite
from linkmsg.search.index import reading
from tests import people
from tests.blueprints.test_statements import counted
from tests.people import attach, nonce
from tests.support.search import search, send_many

# One of these lets the database confirm the hits that are only counted.
MOST = 8
SEARCHES = (
    "word",
    "from:bo word",
    "has:file",
    "on:2026 -from:me",
    "is:unread",
    "wrod",
    "to:bo word",
)


def statement_counts(ana):
    """Return how many statements each search needs."""
    needed = {}
    for text in SEARCHES:
        with counted(ana.app) as statements:
            search(ana, text)
        needed[text] = len(statements)
    return needed


def test_more_messages_need_no_more_statements(maybe_index, ana, bo):
    talk = people.talk(bo, ana, "first word")
    messages.send(ana.member(), talk, "with a file", nonce(), [attach(ana)])
    maybe_index()
    few = statement_counts(ana)
    send_many(bo, ana, [f"word {number}" for number in range(40)])
    for _ in range(3):
        messages.send(ana.member(), talk, "another file", nonce(), [attach(ana)])
    maybe_index()
    assert statement_counts(ana) == few
    assert max(few.values()) <= MOST


def test_repeated_filter_needs_no_more_statements(inside, ana, bo):
    people.talk(bo, ana, "a word")
    needed = []
    for text in ("from:bo word", "from:bo " * 30 + "word"):
        with counted(ana.app) as statements:
            assert search(ana, text).total == 1
        needed.append(len(statements))
    assert needed[0] == needed[1]


def test_search_scans_no_inbox_for_a_word(maybe_index, ana, bo):
    if not on_sqlite():
        pytest.skip("the query plan is told by SQLite")
    send_many(bo, ana, [f"word {number}" for number in range(reading.CAP + 1)])
    maybe_index()
    executed = []

    def note(_connection, _cursor, statement, parameters, *_):
        executed.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    assert search(ana, "word").hits
    event.remove(db.engine, "before_cursor_execute", note)
    selects = [each for each in executed if each[0].startswith("SELECT")]
    explain = db.session.connection().exec_driver_sql
    plans = [
        row.detail
        for statement, parameters in selects
        for row in explain(f"EXPLAIN QUERY PLAN {statement}", parameters)
    ]
    assert any("SEARCH participations" in each for each in plans)
    assert [each for each in plans if "ix_participations_inbox" in each] == []
