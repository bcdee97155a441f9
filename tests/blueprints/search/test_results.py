"""From a hit to the highlighted message, and back to the results."""

import re
from html import unescape

from tests import people


def hit(page):
    """Return the address of the first hit."""
    return unescape(re.search(r'href="(/messaging/\d+\?at=\d+&amp;q=[^"]*)"', page)[1])


def test_only_the_found_message_is_highlighted(ana, bo, talk):
    people.talk(bo, ana, "A lantern <b>", "Lanterns at https://lanterns.example/lantern?a=1 & more")
    page = ana.get(hit(ana.get("/search?q=lantern").text)).text
    assert page.count("<mark>") == 3
    assert "<mark>Lanterns</mark> at <a href=" in page
    assert 'href="https://lanterns.example/lantern?a=1"' in page
    assert "https://<mark>lanterns</mark>.example/<mark>lantern</mark>?a=1</a> &amp; more" in page
    assert "<mark>" not in ana.get(f"/messaging/{talk}?at=1&q=lantern").text
    assert "<mark>" not in ana.get(f"/messaging/{talk}?at=4").text


def test_highlighted_message_keeps_line_breaks(ana, bo, talk):
    people.talk(bo, ana, "One\nlantern\n\ntwo")
    assert "One\n<mark>lantern</mark>\n\ntwo" in ana.get(f"/messaging/{talk}?at=3&q=lantern").text


def test_markup_in_a_query_is_escaped(ana, bo, talk):
    people.talk(bo, ana, "<script>alert(1)</script>")
    page = ana.get(f"/messaging/{talk}", query_string={"at": 3, "q": "<script>alert"}).text
    assert "&lt;<mark>script&gt;alert</mark>(1)" in page
    assert "<script>alert" not in page


def test_back_link_restores_the_results(ana, bo, talk):
    people.talk(bo, ana, "A lantern")
    way = hit(ana.get("/search?q=lantern").text)
    back = re.compile(r'back" href="([^"]*)">.*\n.*Back to results')
    assert unescape(back.search(ana.get(way).text)[1]) == "/search?q=lantern"
    for came_from in ("/search?q=lantern&sort=best&shown=40", "/search?q=lantern&inside=1"):
        page = ana.client.get(way, headers={"Referer": f"http://localhost{came_from}"}).text
        assert unescape(back.search(page)[1]) == came_from
    for other in ("http://localhost/network", "https://elsewhere.example/x", "http://[", ""):
        page = ana.client.get(way, headers={"Referer": other}).text
        assert unescape(back.search(page)[1]) == "/search?q=lantern"
    assert "Back to messages" in ana.get(f"/messaging/{talk}?at=3").text
