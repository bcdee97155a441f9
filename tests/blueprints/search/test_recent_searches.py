"""Recent searches: private, unique, and cleared on request."""

from sqlalchemy.exc import OperationalError

from linkmsg.actions import recent_searches
from linkmsg.db import db
from linkmsg.models import RecentSearch
from tests.support.concurrency import run_together
from tests.support.search_pages import hit_addresses, search_while_typing


def recent(person):
    """Return the recent searches of a person, newest first."""
    with person.app.app_context():
        return [each.text for each in db.session.scalars(RecentSearch.of(person.member()))]


def test_recent_searches_are_unique_and_newest_first(ana, ferry):
    for query in ("ferry", "lantern", "ferry"):
        ana.get(f"/search?q={query}")
    assert recent(ana) == ["ferry", "lantern"]
    assert "/search?q=lantern" in ana.get("/search").text


def test_narrowed_search_replaces_the_wider_one(ana, ferry):
    for query in ("lantern", "ferry", "from:me+ferry", "from:me+has:link+ferry"):
        ana.get(f"/search?q={query}")
    assert recent(ana) == ["from:me has:link ferry", "lantern"]


def test_concurrent_searches_are_all_recorded(app, ana):
    def search(text):
        return lambda: recent_searches.remember(ana.member(), text)

    assert run_together(app, *(search(f"word{number % 2}") for number in range(8))) == [None] * 8
    assert sorted(recent(ana)) == ["word0", "word1"]


def test_failure_to_record_a_search_still_shows_results(ana, ferry, monkeypatch):
    def refuse(*_):
        raise OperationalError("", None, Exception("database is locked"))

    monkeypatch.setattr(recent_searches, "remember", refuse)
    assert hit_addresses(ana.get("/search?q=ferry").text)


def test_only_eight_recent_searches_are_kept(ana):
    for number in range(10):
        ana.get(f"/search?q=word{number}")
    assert recent(ana) == [f"word{number}" for number in range(9, 1, -1)]


def test_typed_search_is_recorded_only_when_finished(ana, ferry):
    for query in ("f", "fe", "fer"):
        assert search_while_typing(ana, f"/search?q={query}").status_code == 200
    assert recent(ana) == []
    assert ana.post("/search/recent", q=" ferry ").status_code == 204
    assert recent(ana) == ["ferry"]


def test_recent_searches_are_private_and_can_be_cleared(ana, bo, ferry):
    ana.get("/search?q=ferry")
    bo.get("/search?q=lantern")
    ana.post("/search/recent/forget")
    assert (recent(ana), recent(bo)) == ([], ["lantern"])
