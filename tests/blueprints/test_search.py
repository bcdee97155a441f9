"""Searching as a page: the form, the chips that write operators, the pages, what is kept."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from tests import people
from tests.blueprints.searching import places, typed


@pytest.fixture
def ferry(ana, bo):
    """A conversation in which the ferry was spoken of, and other things."""
    people.talk(ana, bo, "The ferry goes at nine", "Bring the red lantern")
    return people.talk(bo, ana, "No ferry on Sundays")


WRITTEN = (
    "Ça va à l'hôtel? bo@example.com, https://linkmsg.example/a-b?c=1 (42,5 %)",
    "東京都の天気 パリ ガ 한국어 текст עברית العربية",
    "<script>alert('x')</script> & \"quotes\" — dashes … 👩‍🚒",
)


def chips(page):
    """The ways to narrower and wider searches: what is searched for there, by their words."""
    found = re.findall(r'<a class="chip[^"]*" href="([^"]+)"[^>]*>(.*?)</a>', page, re.DOTALL)
    return {
        " ".join(re.sub("<[^>]*>", " ", words).split()): parse_qs(
            urlsplit(unescape(address)).query
        ).get("q", [""])[0]
        for address, words in found
    }


def test_a_hit_shows_what_matched_and_leads_to_its_place(ana, ferry):
    page = ana.get("/search?q=ferry").text
    assert places(page) == [f"/messaging/{ferry}?at=3", f"/messaging/{ferry}?at=1"]
    assert page.count("<mark>ferry</mark>") == 2
    assert "2 messages" in page
    assert 'class="msg marked' in ana.get(places(page)[1]).text.replace("own marked", "marked")


def test_without_words_there_is_how_to_ask(ana):
    page = ana.get("/search?q=+").text
    assert "has:file" in page
    assert "Nothing found" not in page


def test_where_nothing_is_found_there_is_a_way_on(ana, ferry):
    page = ana.get(f"/search?q=from:bo+lantern&inside={ferry}").text
    assert "Nothing found" in page
    assert "Search everywhere" in page
    assert "/search?q=lantern" in page


def test_a_chip_writes_an_operator_and_takes_it_out_again(ana, ferry):
    page = ana.get("/search?q=ferry").text
    assert chips(page)["From me"] == "from:me ferry"
    narrow = ana.get("/search?q=ferry+from:me")
    assert places(narrow.text) == [f"/messaging/{ferry}?at=1"]
    assert chips(narrow.text)["From me , remove"] == "ferry"


def test_a_chip_of_many_takes_out_its_own_operator_only(ana, ferry):
    found = chips(ana.get('/search?q=from:me+-has:file+on:"today"+x').text)
    assert found["Not has file , remove"] == 'from:me on:"today" x'
    assert found["On today , remove"] == "from:me -has:file x"
    found = chips(ana.get('/search?q=from:bob+from:bo+"a+has:file"+-has:file+has:file').text)
    assert found["From Bo Lindqvist , remove"] == 'from:bob "a has:file" -has:file has:file'
    assert found["Has file , remove"] == 'from:bob from:bo "a has:file" -has:file'


def test_a_name_that_may_mean_several_offers_each_of_them(app, ana, ferry):
    assert chips(ana.get("/search?q=from:bo+ferry").text)["From Bo Lindqvist , remove"] == "ferry"
    other = people.join(app, "Bob Berg")
    people.connect(ana, other)
    people.talk(other, ana, "My ferry is late")
    page = ana.get("/search?q=ferry+-from:bo+x").text
    found = chips(page)
    assert found["Not from bo , remove"] == "ferry x"
    assert list(found).index("Not from Bob Berg") < list(found).index("Not from Bo Lindqvist")
    assert found["Not from Bob Berg"] == "ferry -from:@bob-berg x"
    narrow = ana.get("/search?q=from:@bob-berg+ferry").text
    assert chips(narrow)["From Bob Berg , remove"] == "ferry"
    assert len(places(narrow)) == 1


def test_an_operator_behind_which_no_name_stands_yet_offers_those_one_talks_to(ana, cy, ferry):
    page = ana.get("/search?q=from:").text
    assert "From whom?" in page
    assert chips(page) == {"From Bo Lindqvist": "from:@bo-lindqvist"}
    assert "Recent searches" not in ana.get("/search").text
    assert chips(ana.get("/search?q=with:+lantern").text)["With Bo Lindqvist"] == (
        "with:@bo-lindqvist lantern"
    )
    assert "Cy" not in page


def test_ones_own_name_is_offered_beside_those_of_others(app, ana):
    other = people.join(app, "Anabel Berg")
    people.connect(ana, other)
    people.talk(other, ana, "My ferry is late")
    found = chips(ana.get("/search?q=from:ana+ferry").text)
    assert found["From Anabel Berg"] == "from:@anabel-berg ferry"
    assert found["From Ana Ruiz"] == "from:@ana-ruiz ferry"


def test_a_chip_leaves_the_last_word_open(ana, ferry):
    way = chips(ana.get("/search?q=lanter").text)["From me"]
    assert places(ana.get("/search", query_string={"q": way}).text) == [f"/messaging/{ferry}?at=2"]


def test_a_form_that_is_filled_in_becomes_operators(ana):
    answer = ana.get(
        '/search?q=ferry&from=Bo+"Lindqvist&with=&after=2026-01-02&before=2026-03-01&sort=best'
    )
    assert answer.status_code == 303
    query = parse_qs(urlsplit(answer.location).query)
    assert query["q"] == ['from:"Bo Lindqvist" after:2026-01-02 before:2026-03-01 ferry']
    assert query["sort"] == ["best"]
    assert ana.get("/search?q=ferry&from=&with=&after=&before=").status_code == 200


def test_the_form_shows_what_narrows_and_what_is_changed_takes_its_place(ana, ferry):
    page = ana.get("/search?q=from:Bo+Lindqvist+after:2026-01-02+before:yesterday+ferry").text
    said = dict(re.findall(r'<input [^>]*name="([\w-]+)"[^>]* value="([^"]*)"', page))
    assert (said["from"], said["after"], said["before"]) == ("Bo Lindqvist", "2026-01-02", "")
    form = {name: said[name] for name in said if name.startswith("had-")} | {"q": said["q"]}
    form |= {name: said[name] for name in ("from", "with", "after", "before")}

    def then(**changes):
        answer = ana.client.get("/search", query_string=form | changes)
        return parse_qs(urlsplit(answer.location).query)["q"][0]

    assert then() == form["q"]
    assert then(q="lantern from:bo") == "lantern from:bo"
    assert then(after="2026-02-01") == ("after:2026-02-01 from:Bo Lindqvist before:yesterday ferry")
    assert then(**{"from": ""}) == "after:2026-01-02 before:yesterday ferry"
    assert then(**{"from": "Ana"}) == "from:Ana after:2026-01-02 before:yesterday ferry"
    assert then(before="2026-03-01") == (
        "before:2026-03-01 from:Bo Lindqvist after:2026-01-02 ferry"
    )


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("la", "Go on writing"),
        ("is:starred", "Nothing to search for"),
        ("xylophone", "Nothing found"),
        ("has:video", "Take a filter away"),
    ],
)
def test_what_is_said_where_nothing_is_found_fits_what_was_asked(ana, ferry, text, heading):
    assert heading in ana.get(f"/search?q={text}").text


def test_one_conversation_can_be_searched_alone(ana, ferry, cy):
    people.connect(ana, cy)
    other = people.talk(cy, ana, "Which ferry?")
    assert len(places(ana.get("/search?q=ferry").text)) == 3
    page = ana.get(f"/search?q=ferry&inside={other}").text
    assert places(page) == [f"/messaging/{other}?at=1"]
    assert chips(page)["This conversation: Cy , remove"] == "ferry"
    wide = ana.get(f"/search?q=ferry&inside={other}&wide=1").text
    assert len(places(wide)) == 3
    assert "This conversation: Cy" in chips(wide)
    assert f"inside={other}" in ana.get(f"/messaging/{other}").text


def test_the_conversation_of_others_can_not_be_searched(cy, ferry):
    assert cy.get(f"/search?q=ferry&inside={ferry}").status_code == 404
    assert cy.get(f"/search?inside={ferry}").status_code == 404


def test_people_stand_beside_messages_where_only_words_are_asked_for(ana, bo, ferry):
    assert f'href="/in/{bo.handle}"' in ana.get("/search?q=lindqvist").text
    assert f'href="/in/{bo.handle}"' not in ana.get("/search?q=from:lindqvist").text
    assert f'href="/in/{bo.handle}"' not in ana.get(f"/search?q=bo&inside={ferry}").text


def test_the_files_that_match_are_named(ana, ferry):
    key = people.attach(ana, name="Ferry plan <b>.txt")
    ana.send(ferry, "Here", attachment=key)
    page = ana.get("/search?q=plan").text
    assert places(page) == [f"/messaging/{ferry}?at=4"]
    assert "Ferry <mark>plan</mark> &lt;b&gt;.txt" in page


def test_markup_of_a_message_and_of_a_query_is_text(ana, bo):
    people.talk(bo, ana, "Look: <script>alert(1)</script> and <b>bold</b>")
    for query in ("script", '"<script>"', "<b>bold", "-<script>alert(1)</script>"):
        page = ana.get("/search", query_string={"q": query}).text
        assert "<script>alert" not in page
        assert "<b>bold" not in page


def test_the_pace_of_typing_is_no_fault_and_asks_again(app, ana, ferry, settings):
    for _ in range(settings.searches_burst):
        assert places(typed(ana, "/search?q=ferry").text)
    answer = typed(ana, "/search?q=ferry")
    assert answer.status_code == 200
    assert re.search(r'hx-get="/search\?q=ferry" hx-trigger="load delay:\d+s"', answer.text)
    assert places(ana.get("/search?q=ferry").text), "a search that was sent is counted apart"


def test_more_searches_than_the_pace_allows_are_told_when_to_come_back(ana, settings):
    for _ in range(settings.searches_burst):
        assert ana.get("/search?q=ferry").status_code == 200
    answer = ana.get("/search?q=ferry")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_the_slash_key_can_be_switched_off(ana):
    assert 'aria-keyshortcuts="Control+K Meta+K /"' in ana.get("/messaging").text
    ana.post("/settings/appearance", theme="", timezone="UTC")
    assert 'aria-keyshortcuts="Control+K Meta+K"' in ana.get("/messaging").text
    ana.post("/settings/appearance", theme="", timezone="UTC", slash="y")
    assert 'aria-keyshortcuts="Control+K Meta+K /"' in ana.get("/messaging").text


@pytest.fixture
def written(ana, bo):
    """What people of many scripts have written."""
    people.talk(bo, ana, *WRITTEN)


@bounds(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=80), partial=st.booleans(), best=st.booleans())
def test_any_text_is_answered(ana, written, text, partial, best):
    ana.app.extensions["linkmsg.limits"].storage.reset()
    query = {"q": text, "sort": "best" if best else "", "next": text}
    answer = ana.get("/search", partial=partial, query_string=query)
    assert answer.status_code == 200
