"""The search page: hits, filters, people and files."""

import re

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from linkmsg.web.rate_limits import RateLimitCounters
from tests import people
from tests.support.relationships import invite
from tests.support.search_pages import filter_links, hit_addresses, search_while_typing

WRITTEN = (
    "Ça va à l'hôtel? bo@example.com, https://linkmsg.example/a-b?c=1 (42,5 %)",
    "東京都の天気 パリ ガ 한국어 текст עברית العربية",
    "<script>alert('x')</script> & \"quotes\" — dashes … 👩‍🚒",
)


def test_hit_shows_the_match_and_links_to_the_message(ana, ferry):
    page = ana.get("/search?q=ferry").text
    assert hit_addresses(page) == [f"/messaging/{ferry}?at=3", f"/messaging/{ferry}?at=1"]
    assert page.count("<mark>ferry</mark>") == 2
    assert "2 messages" in page
    assert 'class="msg marked' in ana.get(hit_addresses(page)[1]).text.replace(
        "own marked", "marked"
    )


def test_empty_search_shows_examples(ana):
    page = ana.get("/search?q=+").text
    assert "has:file" in page
    assert "Nothing found" not in page


def test_empty_result_offers_wider_searches(ana, ferry):
    page = ana.get(f"/search?q=from:bo+lantern&inside={ferry}").text
    assert "Nothing found" in page
    assert "Search everywhere" in page
    assert "/search?q=lantern" in page


def test_punctuation_alone_finds_nobody(app, ana, ferry):
    people.join(app, "Keola Makoa-Reyes")
    assert "Makoa" in ana.get("/search?q=reyes").text
    assert "Makoa" not in ana.get("/search?q=-").text


def test_file_type_search_names_the_files(ana, ferry):
    keys = [people.attach(ana, name=name) for name in ("a.csv", "b.txt")]
    ana.send(ferry, "Two", attachment=keys)
    page = ana.get("/search?q=has:file").text
    assert "a.csv" in page
    assert "b.txt" in page


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("la", "Keep typing"),
        ("is:starred", "Enter a search term"),
        ("xylophone", "Nothing found"),
        ("has:video", "Remove a filter"),
    ],
)
def test_empty_result_explains_why(ana, ferry, text, heading):
    assert heading in ana.get(f"/search?q={text}").text


def test_one_conversation_can_be_searched(ana, ferry, cy):
    people.connect(ana, cy)
    other = people.talk(cy, ana, "Which ferry?")
    assert len(hit_addresses(ana.get("/search?q=ferry").text)) == 3
    page = ana.get(f"/search?q=ferry&inside={other}").text
    assert hit_addresses(page) == [f"/messaging/{other}?at=1"]
    assert filter_links(page)["This conversation: Cy , remove"] == "ferry"
    wide = ana.get(f"/search?q=ferry&inside={other}&wide=1").text
    assert len(hit_addresses(wide)) == 3
    assert "This conversation: Cy" in filter_links(wide)
    assert f"inside={other}" in ana.get(f"/messaging/{other}").text


def test_conversation_of_others_cannot_be_searched(cy, ferry):
    assert cy.get(f"/search?q=ferry&inside={ferry}").status_code == 404
    assert cy.get(f"/search?inside={ferry}").status_code == 404


def test_people_are_shown_for_plain_words_only(ana, bo, ferry):
    assert f'href="/in/{bo.handle}"' in ana.get("/search?q=lindqvist").text
    assert f'href="/in/{bo.handle}"' not in ana.get("/search?q=from:lindqvist").text
    assert f'href="/in/{bo.handle}"' not in ana.get(f"/search?q=bo&inside={ferry}").text


def test_person_found_has_the_button_that_fits(app, ana, bo, cy, dee):
    eve = people.join(app, "Eve Berg")
    invite(ana, dee)
    invite(eve, ana)
    for person, address in (
        (bo, f"/messaging/new?to={bo.handle}"),
        (cy, f"/in/{cy.handle}/connect"),
        (dee, "/network/invitations/sent"),
        (eve, "/network/invitations"),
    ):
        page = ana.get(f"/search?q={person.first_name}").text
        (button,) = re.findall(rf'<a [^>]*id="act-{person.id}".*?</a>', page, re.DOTALL)
        assert f'href="{address}"' in button
        assert re.search(r"Message|Connect", button) or person in (dee, eve)


def test_matching_files_are_named(ana, ferry):
    key = people.attach(ana, name="Ferry plan <b>.txt")
    ana.send(ferry, "Here", attachment=key)
    page = ana.get("/search?q=plan").text
    assert hit_addresses(page) == [f"/messaging/{ferry}?at=4"]
    assert "Ferry <mark>plan</mark> &lt;b&gt;.txt" in page


def test_markup_in_messages_and_queries_is_escaped(ana, bo):
    people.talk(bo, ana, "Look: <script>alert(1)</script> and <b>bold</b>")
    for query in ("script", '"<script>"', "<b>bold", "-<script>alert(1)</script>"):
        page = ana.get("/search", query_string={"q": query}).text
        assert "<script>alert" not in page
        assert "<b>bold" not in page


def test_typing_over_the_rate_limit_retries_by_itself(app, ana, ferry, settings):
    for _ in range(settings.searches_burst):
        assert hit_addresses(search_while_typing(ana, "/search?q=ferry").text)
    answer = search_while_typing(ana, "/search?q=ferry")
    assert answer.status_code == 200
    assert re.search(r'hx-get="/search\?q=ferry" hx-trigger="load delay:\d+s"', answer.text)
    assert hit_addresses(ana.get("/search?q=ferry").text), "a search that was sent is counted apart"


def test_search_over_the_rate_limit_says_when_to_retry(ana, settings):
    for _ in range(settings.searches_burst):
        assert ana.get("/search?q=ferry").status_code == 200
    answer = ana.get("/search?q=ferry")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_slash_shortcut_can_be_turned_off(ana):
    assert 'aria-keyshortcuts="Control+K Meta+K /"' in ana.get("/messaging").text
    ana.post("/settings/appearance", theme="", timezone="UTC")
    assert 'aria-keyshortcuts="Control+K Meta+K"' in ana.get("/messaging").text
    ana.post("/settings/appearance", theme="", timezone="UTC", slash="y")
    assert 'aria-keyshortcuts="Control+K Meta+K /"' in ana.get("/messaging").text


@pytest.fixture
def written(ana, bo):
    """Send messages in many scripts."""
    people.talk(bo, ana, *WRITTEN)


@bounds(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=80), partial=st.booleans(), best=st.booleans())
def test_any_query_gets_a_page(ana, written, text, partial, best):
    ana.app.extensions["linkmsg.limits"] = RateLimitCounters.of(ana.app.extensions["linkmsg"])
    query = {"q": text, "sort": "best" if best else "", "next": text}
    answer = ana.get("/search", partial=partial, query_string=query)
    assert answer.status_code == 200
