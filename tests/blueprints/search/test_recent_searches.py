"""What was searched for lately: one's own, each once, and gone when one says so."""

from sqlalchemy.exc import OperationalError

from linkmsg.actions import recent_searches
from linkmsg.db import db
from linkmsg.models import RecentSearch
from tests.support.concurrency import run_together
from tests.support.search_pages import places, typed


def recent(person):
    """What is kept of what somebody searched for, the newest first."""
    with person.app.app_context():
        return [each.text for each in db.session.scalars(RecentSearch.of(person.member()))]


def test_what_was_searched_for_is_kept_once_the_newest_first(ana, ferry):
    for query in ("ferry", "lantern", "ferry"):
        ana.get(f"/search?q={query}")
    assert recent(ana) == ["ferry", "lantern"]
    assert "/search?q=lantern" in ana.get("/search").text


def test_a_search_that_is_narrowed_takes_the_place_of_the_wider_one(ana, ferry):
    for query in ("lantern", "ferry", "from:me+ferry", "from:me+has:link+ferry"):
        ana.get(f"/search?q={query}")
    assert recent(ana) == ["from:me has:link ferry", "lantern"]


def test_searches_at_once_are_each_kept_and_none_fails(app, ana):
    def search(text):
        return lambda: recent_searches.remember(ana.member(), text)

    assert run_together(app, *(search(f"word{number % 2}") for number in range(8))) == [None] * 8
    assert sorted(recent(ana)) == ["word0", "word1"]


def test_a_recent_search_that_can_not_be_kept_costs_no_page(ana, ferry, monkeypatch):
    def refuse(*_):
        raise OperationalError("", None, Exception("database is locked"))

    monkeypatch.setattr(recent_searches, "remember", refuse)
    assert places(ana.get("/search?q=ferry").text)


def test_no_more_than_eight_are_kept(ana):
    for number in range(10):
        ana.get(f"/search?q=word{number}")
    assert recent(ana) == [f"word{number}" for number in range(9, 1, -1)]


def test_typing_keeps_nothing_until_it_is_left_as_it_is(ana, ferry):
    for query in ("f", "fe", "fer"):
        assert typed(ana, f"/search?q={query}").status_code == 200
    assert recent(ana) == []
    assert ana.post("/search/recent", q=" ferry ").status_code == 204
    assert recent(ana) == ["ferry"]


def test_what_is_kept_is_ones_own_and_can_be_forgotten(ana, bo, ferry):
    ana.get("/search?q=ferry")
    bo.get("/search?q=lantern")
    ana.post("/search/recent/forget")
    assert (recent(ana), recent(bo)) == ([], ["lantern"])
