"""A conversation beside the results of a search, and names that complete its filters."""

import re
from html import unescape

import pytest

from tests import people
from tests.support.search_pages import hit_addresses, search_while_typing


def test_open_hit_is_shown_beside_the_results(ana, ferry):
    page = ana.get(f"/search?q=ferry&open={ferry}&at=1").text
    assert hit_addresses(page)[-2:] == [f"/messaging/{ferry}?at=3", f"/messaging/{ferry}?at=1"]
    assert 'aria-label="Conversation with Bo Lindqvist"' in page
    assert re.search(rf'<section [^>]*id="thread" data-conversation="{ferry}" data-at="1"', page)
    (current,) = re.findall(
        r'<a href="([^"]*)" aria-current="true">\s*<span class="hit-head">', page
    )
    assert unescape(current) == f"/messaging/{ferry}?at=1&q=ferry"
    assert 'data-pane="thread"' in page, "a phone shows the message"


def test_open_conversation_stays_beside_the_results(ana, ferry):
    page = ana.get(f"/search?q=ferry&open={ferry}").text
    assert 'aria-label="Conversation with Bo Lindqvist"' in page
    assert "data-at" not in page
    assert 'data-pane="list"' in page, "a phone shows the results"
    assert f"/search?q=from:me+ferry&amp;open={ferry}" in page, "so do its filters"


@pytest.mark.parametrize("at", ["0", "1", "99"])
def test_only_own_messages_open_beside_results(ana, cy, ferry, at):
    assert cy.get(f"/search?q=ferry&open={ferry}&at={at}").status_code == 404
    assert ana.get(f"/search?q=ferry&open={ferry}&at={at}").status_code == (
        404 if at == "99" else 200
    )


def test_search_while_typing_returns_the_results_alone(ana, ferry):
    page = search_while_typing(ana, f"/search?q=ferry&open={ferry}&at=1").text
    assert len(hit_addresses(page)) == 2
    assert 'id="thread"' not in page
    assert "<nav" in page
    assert 'class="rail"' not in page


def test_way_back_to_results_leaves_the_open_hit_out(ana, ferry):
    came_from = f"http://localhost/search?q=ferry&sort=best&open={ferry}&at=3"
    page = ana.client.get(f"/messaging/{ferry}?at=1&q=ferry", headers={"Referer": came_from}).text
    (back,) = re.findall(r'back" href="([^"]*)">.*\n.*Back to results', page)
    assert unescape(back) == "/search?q=ferry&sort=best"


def test_half_typed_name_in_a_filter_offers_people(app, ana, cy, ferry):
    people.connect(ana, cy)
    people.talk(cy, ana, "Hello")
    answer = ana.get("/search/people?with=bo", partial=True).text
    assert 'data-value="@bo-lindqvist"' in answer
    assert 'href="/search?q=with:@bo-lindqvist"' in answer
    assert cy.handle not in answer
    assert "option" not in ana.get("/search/people?from=zzz", partial=True).text
    stranger = people.join(app, "Bonnie Stranger")
    assert stranger.handle not in ana.get("/search/people?from=bo", partial=True).text
