"""Paging through the hits of a search, with and without scripts."""

import re
from html import unescape

import pytest

from tests import people
from tests.support.search_pages import hit_addresses, search_while_typing


@pytest.fixture
def many(ana, bo):
    """Return a conversation with 45 messages about a ferry."""
    return people.talk(bo, ana, *(f"Ferry number {number}" for number in range(1, 46)))


def more(page, attribute="hx-get"):
    """Return the address of the next page of hits, with scripts or without (`href`)."""
    found = re.search(rf'id="more-hits"><a [^>]*{attribute}="([^"]+)"', page)
    return unescape(found[1]) if found else None


def groups(page):
    """Return the addresses of the hits, grouped by conversation."""
    return [hit_addresses(group) for group in page.split('<li class="group"')[1:]]


def test_more_without_scripts_shows_all_hits_so_far(ana, many, monkeypatch):
    monkeypatch.setattr("linkmsg.blueprints.search.results.MAX_HITS", 40)
    first = ana.get("/search?q=ferry").text
    way = more(first, "href")
    page = ana.get(way).text
    assert hit_addresses(page)[:20] == hit_addresses(first)
    assert hit_addresses(page)[20] == f"/messaging/{many}?at=25"
    assert way.endswith("#hits-21")
    assert page.count('id="hits-21"') == 1
    last = ana.get(more(page, "href")).text
    assert hit_addresses(last) == [f"/messaging/{many}?at={seq}" for seq in range(5, 0, -1)]


def test_restored_hits_keep_their_groups(ana, bo, cy):
    people.connect(ana, cy)
    for number in range(15):
        people.talk(bo, ana, f"Ferry {number}")
        people.talk(cy, ana, f"Ferry {number}")
    first = ana.get("/search?q=ferry").text
    following = ana.get(more(first), partial=True)
    assert [len(each) for each in groups(first)] == [10, 10]
    again = ana.get(following.headers["HX-Replace-Url"]).text
    assert groups(again) == groups(first) + groups(following.text)


def test_more_continues_after_the_last_hit(ana, many):
    page, seen, pages = ana.get("/search?q=ferry").text, [], 0
    while True:
        seen, pages = seen + hit_addresses(page), pages + 1
        way = more(page)
        if not way:
            break
        page = ana.get(way).text
    assert seen == [f"/messaging/{many}?at={seq}" for seq in range(45, 0, -1)]
    assert pages == 3


def test_more_fragment_has_address_of_all_hits(ana, many):
    page = ana.get("/search?q=ferry").text
    way = more(page)
    answer = ana.get(way, partial=True)
    assert "<main" not in answer.text
    assert len(hit_addresses(answer.text)) == 20
    again = ana.get(answer.headers["HX-Replace-Url"]).text
    assert hit_addresses(again) == hit_addresses(page) + hit_addresses(answer.text)


def test_new_messages_do_not_shift_the_next_page(ana, bo, many):
    page = ana.get("/search?q=ferry").text
    people.talk(bo, ana, "Another ferry", "And a ferry")
    way = more(page)
    assert hit_addresses(ana.get(way).text)[0] == f"/messaging/{many}?at=25"


def test_more_over_the_rate_limit_is_refused(ana, many, settings):
    way = more(ana.get("/search?q=ferry").text)
    for _ in range(settings.searches_burst):
        search_while_typing(ana, "/search?q=ferry")
    assert ana.get(way, partial=True).status_code == 429


def test_number_of_restored_hits_is_limited(ana, many, monkeypatch):
    monkeypatch.setattr("linkmsg.blueprints.search.results.MAX_HITS", 40)
    page = ana.get("/search?q=ferry&shown=2147483647").text
    assert len(hit_addresses(page)) == 40
    assert ana.get(more(page, "href")).status_code == 200
    page = ana.get("/search?q=ferry&shown=2147483647&next=21").text
    assert len(hit_addresses(page)) == 20
