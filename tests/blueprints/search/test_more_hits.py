"""The hits of a search, page after page, with scripts and without."""

import re
from html import unescape

import pytest

from tests import people
from tests.support.search_pages import places, typed


@pytest.fixture
def many(ana, bo):
    """A conversation in which the ferry was spoken of 45 times."""
    return people.talk(bo, ana, *(f"Ferry number {number}" for number in range(1, 46)))


def more(page, attribute="hx-get"):
    """Where the way to the next hits leads, with scripts or without (`href`)."""
    found = re.search(rf'id="more-hits"><a [^>]*{attribute}="([^"]+)"', page)
    return unescape(found[1]) if found else None


def groups(page):
    """The hits, by the conversations under which they stand."""
    return [places(group) for group in page.split('<li class="group"')[1:]]


def test_without_scripts_more_shows_all_of_it_up_to_there_and_then_page_after_page(
    ana, many, monkeypatch
):
    monkeypatch.setattr("linkmsg.blueprints.search.results.MOST", 40)
    first = ana.get("/search?q=ferry").text
    way = more(first, "href")
    page = ana.get(way).text
    assert places(page)[:20] == places(first)
    assert places(page)[20] == f"/messaging/{many}?at=25"
    assert way.endswith("#hits-21")
    assert page.count('id="hits-21"') == 1
    last = ana.get(more(page, "href")).text
    assert places(last) == [f"/messaging/{many}?at={seq}" for seq in range(5, 0, -1)]


def test_what_is_shown_again_stands_as_it_stood_when_it_came_page_by_page(ana, bo, cy):
    people.connect(ana, cy)
    for number in range(15):
        people.talk(bo, ana, f"Ferry {number}")
        people.talk(cy, ana, f"Ferry {number}")
    first = ana.get("/search?q=ferry").text
    following = ana.get(more(first), partial=True)
    assert [len(each) for each in groups(first)] == [10, 10]
    again = ana.get(following.headers["HX-Replace-Url"]).text
    assert groups(again) == groups(first) + groups(following.text)


def test_more_goes_on_where_the_page_ended(ana, many):
    page, seen, pages = ana.get("/search?q=ferry").text, [], 0
    while True:
        seen, pages = seen + places(page), pages + 1
        way = more(page)
        if not way:
            break
        page = ana.get(way).text
    assert seen == [f"/messaging/{many}?at={seq}" for seq in range(45, 0, -1)]
    assert pages == 3


def test_more_is_a_fragment_whose_address_shows_all_of_it_again(ana, many):
    page = ana.get("/search?q=ferry").text
    way = more(page)
    answer = ana.get(way, partial=True)
    assert "<main" not in answer.text
    assert len(places(answer.text)) == 20
    again = ana.get(answer.headers["HX-Replace-Url"]).text
    assert places(again) == places(page) + places(answer.text)


def test_new_messages_move_no_hit_of_the_next_page(ana, bo, many):
    page = ana.get("/search?q=ferry").text
    people.talk(bo, ana, "Another ferry", "And a ferry")
    way = more(page)
    assert places(ana.get(way).text)[0] == f"/messaging/{many}?at=25"


def test_more_past_the_pace_is_refused_and_takes_nothing_away(ana, many, settings):
    way = more(ana.get("/search?q=ferry").text)
    for _ in range(settings.searches_burst):
        typed(ana, "/search?q=ferry")
    assert ana.get(way, partial=True).status_code == 429


def test_no_more_are_shown_at_once_than_there_is_time_for(ana, many, monkeypatch):
    monkeypatch.setattr("linkmsg.blueprints.search.results.MOST", 40)
    page = ana.get("/search?q=ferry&shown=2147483647").text
    assert len(places(page)) == 40
    assert ana.get(more(page, "href")).status_code == 200
    page = ana.get("/search?q=ferry&shown=2147483647&next=21").text
    assert len(places(page)) == 20
