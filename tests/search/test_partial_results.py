"""A search finds all there is; where it can't, it says so, and nothing is ever lost."""

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
from tests.support.search import bodies, edit_message, run_once, search


@pytest.fixture
def deaths(indexer, monkeypatch):
    """Return a list: as long as it is not empty, the writer dies over each batch and takes one."""
    monkeypatch.setattr(backoff, "FIRST_WAIT", 0)
    request, left = indexer.child.request, []

    def request_or_die(line, seconds):
        if left and json.loads(line)["do"] == "add":
            left.pop()
            indexer.child.close()
            return None
        return request(line, seconds)

    monkeypatch.setattr(indexer.child, "request", request_or_die)
    return left


def test_writer_that_dies_now_and_then_omits_nothing(deaths, index_all, ana, bo):
    for number in range(2):
        people.talk(ana, bo, f"bravo{number}")
        deaths += [1] * (batching.FAILURES_TO_SKIP - 1)
        index_all()
        people.talk(ana, bo, *(f"charlie {each}" for each in range(30)))
        index_all()
        assert bodies(ana, f"bravo{number}") == [f"bravo{number}"]


def test_omitted_message_is_indexed_by_a_rebuild(deaths, indexer, index_all, ana, bo):
    people.talk(ana, bo, "bravo")
    deaths += [1] * batching.FAILURES_TO_SKIP
    for _ in range(3):
        index_all()
    assert bodies(ana, "bravo") == []
    (indexer.index.folder / REBUILD_REQUEST).touch()
    index_all()
    assert bodies(ana, "bravo") == ["bravo"]


def test_snapshot_older_than_the_index_finds_all(app, indexer, index_all, ana, bo, monkeypatch):
    if not on_sqlite():
        pytest.skip("on PostgreSQL each statement has a snapshot of its own")
    monkeypatch.setattr("linkmsg.search.unindexed.MAX_CHARACTERS", 20)
    people.talk(ana, bo, *(f"word{number}" for number in range(50)))
    index_all()
    db.session.rollback()
    member = ana.member()

    def send_and_index():
        with app.app_context():
            people.talk(bo, ana, "one more")
            run_once(indexer)

    thread = threading.Thread(target=send_and_index)
    thread.start()
    thread.join()
    assert indexer.index.state().checkpoint > change_feed.last_change()
    results = find(member, '"word3"')
    assert (results.total, results.query.notes) == (1, [])


def test_too_many_unindexed_messages_are_noted(index_all, ana, bo, monkeypatch):
    people.talk(ana, bo, "a word")
    index_all()
    monkeypatch.setattr(change_feed, "MAX_MEMBER_CHANGES", 3)
    monkeypatch.setattr("linkmsg.search.service._Search._progress", lambda _: None)
    people.talk(ana, bo, *(f"word {number}" for number in range(6)))
    page = search(ana, "word")
    assert (page.total, page.is_exact, page.query.notes) == (4, False, [UNINDEXED_NOTE])
    index_all()
    page = search(ana, "word")
    assert (page.total, page.is_exact, page.query.notes) == (7, True, [])


def test_too_many_changes_of_others_are_noted(index_all, ana, bo, cy, monkeypatch):
    people.talk(ana, bo, "a word")
    index_all()
    people.talk(ana, bo, "another word")
    monkeypatch.setattr(change_feed, "MAX_SCANNED_CHANGES", 3)
    people.talk(cy, cy, *(f"note {number}" for number in range(3)))
    page = search(ana, "word")
    assert (page.total, page.is_exact, page.query.notes) == (1, False, [UNINDEXED_NOTE])


def test_too_many_unread_messages_are_noted(maybe_index, ana, bo, monkeypatch):
    monkeypatch.setattr(query_builder, "MAX_UNREAD", 2)
    people.talk(bo, ana, "alpha", "bravo")
    assert search(ana, "is:unread").query.notes == []
    people.talk(bo, ana, "charlie")
    maybe_index()
    page = search(ana, "is:unread")
    assert [hit.message.body for hit in page.hits] == ["charlie", "bravo"]
    assert page.query.notes == [query_builder.MANY_UNREAD.format(2)]


def test_too_many_people_of_one_name_are_noted(inside, app, ana, monkeypatch):
    monkeypatch.setattr(people_lookup, "MAX_MATCHES", 2)
    for name in ("Boa Berg", "Bob Berg"):
        friend = people.join(app, name)
        people.connect(friend, ana)
        people.talk(friend, ana, f"I am {name}")
    assert search(ana, "from:bo").query.notes == [query_builder.MANY_PEOPLE.format(2, "bo")]
    assert search(ana, "from:bob").query.notes == []


def test_hits_are_loaded_for_participants_only(inside, app, ana, bo, cy):
    # The statement finds the peer by a sum, which for an outsider is the id of some member.
    for number in range(bo.id + cy.id - ana.id - cy.id):
        people.join(app, f"Friend{number} Crowd")
    people.connect(bo, cy)
    people.talk(bo, cy, "alpha")
    assert [row[0].body for row in visibility.load_messages(bo.member(), [1])] == ["alpha"]
    assert db.session.get(Member, bo.id + cy.id - ana.id) is not None
    assert list(visibility.load_messages(ana.member(), [1])) == []


@pytest.mark.parametrize("best", [False, True])
def test_overlapping_segments_give_newest_hits_first(index_all, ana, bo, monkeypatch, best):
    monkeypatch.setattr(reading, "CAP", 3)
    people.talk(ana, bo, *(f"word {number}" for number in range(1, 10)))
    index_all()
    for number in range(1, 5):
        edit_message(f"word {number}", f"word {number} again")
    people.talk(ana, bo, "word 10")
    index_all()
    page = search(ana, "word", size=4, best=best)
    if not best:
        hits = [hit.message.body for hit in page.hits]
        assert hits == ["word 10", "word 9", "word 8", "word 7"]
    more = search(ana, "word", size=4, best=best, cursor=page.next_cursor)
    last = search(ana, "word", size=4, best=best, cursor=more.next_cursor)
    everything = [hit.message.id for each in (page, more, last) for hit in each.hits]
    assert sorted(everything) == list(range(1, 11))


def test_edited_message_is_not_found_by_its_old_text(index_all, ana, bo):
    people.talk(ana, bo, "alpha word", "bravo word")
    index_all()
    edit_message("alpha word", "alpha")
    for best in (False, True):
        assert bodies(ana, "word", best=best) == ["bravo word"]


def test_batch_after_another_change_is_not_added(tmp_path):
    desk = Desk(tmp_path, "en")
    batch = {"do": "add", "entries": [], "mark": 5, "fingerprint": [], "goal": 5}
    assert desk.answer(batch | {"after": 0})["mark"] == 5
    assert desk.answer(batch | {"after": 0, "mark": 9})["mark"] == 5
    assert desk.answer(batch | {"after": 5, "mark": 9})["mark"] == 9
