"""Narrowing a search: by chips, by who or what may be meant, and by the form."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from tests import people
from tests.support.search_pages import chips, places


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


def test_a_surname_that_is_being_written_belongs_to_the_name(ana, ferry):
    for text in ("from:bo l", "from:bo lindq", "from:Bo Lindqvist"):
        page = ana.get("/search", query_string={"q": text}).text
        assert len(places(page)) == 1, text
        assert chips(page)["From Bo Lindqvist , remove"] == ""


def test_mere_words_that_name_somebody_offer_the_conversation(ana, ferry):
    assert chips(ana.get("/search?q=bo+lind").text)["With Bo Lindqvist"] == "with:@bo-lindqvist"
    assert "With Bo Lindqvist" not in chips(ana.get("/search?q=ferry").text)
    assert "With Ana Ruiz" not in chips(ana.get("/search?q=ana+ruiz").text)


def test_an_operator_that_was_begun_offers_its_values(ana, ferry):
    found = chips(ana.get("/search?q=has:").text)
    assert set(found) == {
        f"Has {kind}" for kind in ("file", "image", "audio", "video", "link", "pdf")
    }
    assert found["Has pdf"] == "has:pdf"
    found = chips(ana.get("/search?q=ferry+-before:").text)
    assert found["Not before yesterday"] == "ferry -before:yesterday"
    assert found["Has file"] == "has:file ferry -before:"


def test_from_me_takes_no_word_for_a_name(app, ana, ferry):
    other = people.join(app, "Melanie May")
    people.connect(ana, other)
    people.talk(other, ana, "In May")
    way = chips(ana.get("/search?q=may").text)["From me"]
    assert places(ana.get("/search", query_string={"q": way}).text) == []


def test_no_word_becomes_part_of_a_name_by_what_is_taken_away_or_filled_in(ana, ferry):
    found = chips(ana.get("/search?q=from:bo+has:file+lindqvist").text)
    assert found["Has file , remove"] == 'from:"bo" lindqvist'
    found = chips(ana.get("/search?q=from:bo+has:file+-x").text)
    assert found["Has file , remove"] == 'from:"bo" -x'
    answer = ana.get("/search?q=lindqvist&from=Bo")
    assert parse_qs(urlsplit(answer.location).query)["q"] == ['from:"Bo" lindqvist']


@pytest.mark.parametrize("name", ["“Bo Lindqvist”", "“Bo", "Bo «L", '"Bo"'])
def test_quotes_of_any_kind_are_no_part_of_a_name_in_the_form(ana, ferry, name):
    answer = ana.client.get("/search", query_string={"q": "ferry", "from": name})
    assert len(places(ana.get(answer.location).text)) == 1


def test_the_form_takes_the_place_of_what_was_only_begun(ana, ferry):
    answer = ana.get("/search?q=from:+ferry&from=Bo")
    assert parse_qs(urlsplit(answer.location).query)["q"] == ['from:"Bo" ferry']


def test_without_filters_phrases_and_what_must_not_be_there_stay(ana, ferry):
    page = ana.get('/search?q="blue+lantern"+from:me+-draft').text
    assert "/search?q=%22blue+lantern%22+-draft" in page


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


def test_a_handle_that_was_given_up_leads_on_in_a_search_too(ana, bo, ferry):
    form = {"name": "Bo Lindqvist", "handle": "robert", "zone": "UTC"}
    assert bo.post("/settings/profile", **form).status_code == 303
    for handle in ("bo-lindqvist", "robert"):
        page = ana.get(f"/search?q=from:@{handle}+ferry").text
        assert len(places(page)) == 1, handle
        assert chips(page)["From Bo Lindqvist , remove"] == "ferry"
