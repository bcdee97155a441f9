"""What is found is all there is; where it is not, that is said, and nothing is ever lost."""

import json
import threading

import pytest

from linkmsg.db import db, on_sqlite
from linkmsg.models import Member
from linkmsg.search import find, people_lookup, query_builder, visibility
from linkmsg.search.feed import backoff, batching, change_feed
from linkmsg.search.index import reading
from linkmsg.search.index.search_index import REBUILD_REQUEST
from linkmsg.search.index.writer import Desk
from linkmsg.search.service import UNINDEXED_NOTE
from tests import people
from tests.search.conftest import bodies, found
from tests.search.feed.test_backoff import feed
from tests.search.index.test_search_index import change


@pytest.fixture
def dying(feeder, monkeypatch):
    """Lets the writer be killed as often as this says, each time while it takes something in."""
    monkeypatch.setattr(backoff, "FIRST_WAIT", 0)
    ask, deaths = feeder.child.ask, []

    def killed(line, seconds):
        if deaths and json.loads(line)["do"] == "add":
            deaths.pop()
            feeder.child._running.kill()
        return ask(line, seconds)

    monkeypatch.setattr(feeder.child, "ask", killed)
    return deaths


def test_a_writer_that_is_killed_now_and_then_leaves_nothing_out(dying, indexed, ana, bo):
    for number in range(2):
        people.talk(ana, bo, f"bravo{number}")
        dying += [1] * (batching.FAILURES_TO_SKIP - 1)
        indexed()
        people.talk(ana, bo, *(f"charlie {each}" for each in range(30)))
        indexed()
        assert bodies(ana, f"bravo{number}") == [f"bravo{number}"]


def test_what_was_left_out_is_tried_again_when_the_index_is_made_anew(
    dying, feeder, indexed, ana, bo
):
    people.talk(ana, bo, "bravo")
    dying += [1] * batching.FAILURES_TO_SKIP
    for _ in range(3):
        indexed()
    assert bodies(ana, "bravo") == []
    (feeder.index.folder / REBUILD_REQUEST).touch()
    indexed()
    assert bodies(ana, "bravo") == ["bravo"]


def test_a_look_that_is_older_than_the_index_misses_nothing(
    app, feeder, indexed, ana, bo, monkeypatch
):
    if not on_sqlite():
        pytest.skip("PostgreSQL looks anew at each statement")
    monkeypatch.setattr("linkmsg.search.unindexed.MAX_CHARACTERS", 20)
    people.talk(ana, bo, *(f"word{number}" for number in range(50)))
    indexed()
    db.session.rollback()
    looking = ana.member()

    def meanwhile():
        with app.app_context():
            people.talk(bo, ana, "one more")
            feed(feeder)

    thread = threading.Thread(target=meanwhile)
    thread.start()
    thread.join()
    assert feeder.index.state().checkpoint > change_feed.last_change()
    results = find(looking, '"word3"')
    assert (results.total, results.query.notes) == (1, [])


def test_more_than_is_looked_at_beside_the_index_is_said(indexed, ana, bo, monkeypatch):
    people.talk(ana, bo, "a word")
    indexed()
    monkeypatch.setattr(change_feed, "MAX_MEMBER_CHANGES", 3)
    monkeypatch.setattr("linkmsg.search.service._Search._progress", lambda _: None)
    people.talk(ana, bo, *(f"word {number}" for number in range(6)))
    page = found(ana, "word")
    assert (page.total, page.is_exact, page.query.notes) == (4, False, [UNINDEXED_NOTE])
    indexed()
    page = found(ana, "word")
    assert (page.total, page.is_exact, page.query.notes) == (7, True, [])


def test_changes_of_others_that_are_too_many_to_look_through_are_said(
    indexed, ana, bo, cy, monkeypatch
):
    people.talk(ana, bo, "a word")
    indexed()
    people.talk(ana, bo, "another word")
    monkeypatch.setattr(change_feed, "MAX_SCANNED_CHANGES", 3)
    people.talk(cy, cy, *(f"note {number}" for number in range(3)))
    page = found(ana, "word")
    assert (page.total, page.is_exact, page.query.notes) == (1, False, [UNINDEXED_NOTE])


def test_of_very_much_unread_the_newest_are_searched_and_that_is_said(read, ana, bo, monkeypatch):
    monkeypatch.setattr(query_builder, "MAX_UNREAD", 2)
    people.talk(bo, ana, "alpha", "bravo")
    assert found(ana, "is:unread").query.notes == []
    people.talk(bo, ana, "charlie")
    read()
    page = found(ana, "is:unread")
    assert [hit.message.body for hit in page.hits] == ["charlie", "bravo"]
    assert page.query.notes == [query_builder.MANY_UNREAD.format(2)]


def test_of_very_many_of_one_name_it_is_said_that_not_all_are_searched(
    inside, app, ana, monkeypatch
):
    monkeypatch.setattr(people_lookup, "MAX_MATCHES", 2)
    for name in ("Boa Berg", "Bob Berg"):
        friend = people.join(app, name)
        people.connect(friend, ana)
        people.talk(friend, ana, f"I am {name}")
    assert found(ana, "from:bo").query.notes == [query_builder.MANY_PEOPLE.format(2, "bo")]
    assert found(ana, "from:bob").query.notes == []


def test_the_last_statement_too_gives_nobody_what_is_said_between_others(inside, app, ana, bo, cy):
    # It looks for who the other is by a sum, which for an outsider may be anybody.
    for number in range(bo.id + cy.id - ana.id - cy.id):
        people.join(app, f"Friend{number} Crowd")
    people.connect(bo, cy)
    people.talk(bo, cy, "alpha")
    assert [row[0].body for row in visibility.load_messages(bo.member(), [1])] == ["alpha"]
    assert db.session.get(Member, bo.id + cy.id - ana.id) is not None
    assert list(visibility.load_messages(ana.member(), [1])) == []


@pytest.mark.parametrize("best", [False, True])
def test_of_segments_that_lie_between_each_other_the_newest_messages_come_first(
    indexed, ana, bo, monkeypatch, best
):
    monkeypatch.setattr(reading, "CAP", 3)
    people.talk(ana, bo, *(f"word {number}" for number in range(1, 10)))
    indexed()
    for number in range(1, 5):
        change(f"word {number}", f"word {number} again")
    people.talk(ana, bo, "word 10")
    indexed()
    page = found(ana, "word", size=4, best=best)
    if not best:
        shown = [hit.message.body for hit in page.hits]
        assert shown == ["word 10", "word 9", "word 8", "word 7"]
    more = found(ana, "word", size=4, best=best, cursor=page.next_cursor)
    last = found(ana, "word", size=4, best=best, cursor=more.next_cursor)
    everything = [hit.message.id for each in (page, more, last) for hit in each.hits]
    assert sorted(everything) == list(range(1, 11))


@pytest.mark.parametrize("best", [False, True])
def test_what_was_edited_a_moment_ago_is_not_found_by_what_it_said(indexed, ana, bo, best):
    people.talk(ana, bo, "alpha word", "bravo word")
    indexed()
    change("alpha word", "alpha")
    assert bodies(ana, "word", best=best) == ["bravo word"]


def test_what_is_told_behind_another_mark_is_not_taken_in(tmp_path):
    desk = Desk(tmp_path, "en")
    told = {"do": "add", "entries": [], "mark": 5, "fingerprint": [], "goal": 5}
    assert desk.answer(told | {"after": 0})["mark"] == 5
    assert desk.answer(told | {"after": 0, "mark": 9})["mark"] == 5
    assert desk.answer(told | {"after": 5, "mark": 9})["mark"] == 9
