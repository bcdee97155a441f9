"""Filters of a search: links, suggestions and the form."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from tests import people
from tests.support.search_pages import filter_links, hit_addresses

pytestmark = pytest.mark.any_database


def test_filter_link_adds_and_removes_an_operator(ana, ferry):
    page = ana.get("/search?q=ferry").text
    assert filter_links(page)["From me"] == "from:me ferry"
    narrow = ana.get("/search?q=ferry+from:me")
    assert hit_addresses(narrow.text) == [f"/messaging/{ferry}?at=1"]
    assert filter_links(narrow.text)["From me , remove"] == "ferry"


def test_filter_link_removes_only_its_own_operator(ana, ferry):
    found = filter_links(ana.get('/search?q=from:me+-has:file+on:"today"+x').text)
    assert found["Not has file , remove"] == 'from:me on:"today" x'
    assert found["On today , remove"] == "from:me -has:file x"
    found = filter_links(ana.get('/search?q=from:bob+from:bo+"a+has:file"+-has:file+has:file').text)
    assert found["From Bo Lindqvist , remove"] == 'from:bob "a has:file" -has:file has:file'
    assert found["Has file , remove"] == 'from:bob from:bo "a has:file" -has:file'


def test_ambiguous_name_suggests_each_member(app, ana, ferry):
    assert (
        filter_links(ana.get("/search?q=from:bo+ferry").text)["From Bo Lindqvist , remove"]
        == "ferry"
    )
    other = people.join(app, "Bob Berg")
    people.connect(ana, other)
    people.talk(other, ana, "My ferry is late")
    page = ana.get("/search?q=ferry+-from:bo+x").text
    found = filter_links(page)
    assert found["Not from bo , remove"] == "ferry x"
    assert list(found).index("Not from Bob Berg") < list(found).index("Not from Bo Lindqvist")
    assert found["Not from Bob Berg"] == "ferry -from:@bob-berg x"
    narrow = ana.get("/search?q=from:@bob-berg+ferry").text
    assert filter_links(narrow)["From Bob Berg , remove"] == "ferry"
    assert len(hit_addresses(narrow)) == 1


def test_empty_name_operator_suggests_contacts(ana, cy, ferry):
    page = ana.get("/search?q=from:").text
    assert "Who sent it?" in page
    assert filter_links(page) == {"From Bo Lindqvist": "from:@bo-lindqvist"}
    assert "Recent searches" not in ana.get("/search").text
    assert filter_links(ana.get("/search?q=with:+lantern").text)["With Bo Lindqvist"] == (
        "with:@bo-lindqvist lantern"
    )
    assert cy.name not in page


def test_own_name_is_suggested_with_others(app, ana):
    other = people.join(app, "Anabel Berg")
    people.connect(ana, other)
    people.talk(other, ana, "My ferry is late")
    found = filter_links(ana.get("/search?q=from:ana+ferry").text)
    assert found["From Anabel Berg"] == "from:@anabel-berg ferry"
    assert found["From Ana Ruiz"] == "from:@ana-ruiz ferry"


def test_unfinished_surname_is_part_of_the_name(ana, ferry):
    for text in ("from:bo l", "from:bo lindq", "from:Bo Lindqvist"):
        page = ana.get("/search", query_string={"q": text}).text
        assert len(hit_addresses(page)) == 1, text
        assert filter_links(page)["From Bo Lindqvist , remove"] == ""


def test_plain_name_suggests_the_conversation(ana, ferry):
    assert (
        filter_links(ana.get("/search?q=bo+lind").text)["With Bo Lindqvist"] == "with:@bo-lindqvist"
    )
    assert "With Bo Lindqvist" not in filter_links(ana.get("/search?q=ferry").text)
    assert "With Ana Ruiz" not in filter_links(ana.get("/search?q=ana+ruiz").text)


def test_unfinished_operator_suggests_its_values(ana, ferry):
    found = filter_links(ana.get("/search?q=has:").text)
    assert set(found) == {
        f"Has {kind}" for kind in ("file", "image", "audio", "video", "link", "pdf")
    }
    assert found["Has pdf"] == "has:pdf"
    found = filter_links(ana.get("/search?q=ferry+-before:").text)
    assert found["Not before yesterday"] == "ferry -before:yesterday"
    assert found["Has file"] == "has:file ferry -before:"


def test_from_me_filter_does_not_swallow_words(app, ana, ferry):
    other = people.join(app, "Melanie May")
    people.connect(ana, other)
    people.talk(other, ana, "In May")
    query = filter_links(ana.get("/search?q=may").text)["From me"]
    assert hit_addresses(ana.get("/search", query_string={"q": query}).text) == []


def test_name_is_quoted_so_words_do_not_join_it(ana, ferry):
    found = filter_links(ana.get("/search?q=from:bo+has:file+lindqvist").text)
    assert found["Has file , remove"] == 'from:"bo" lindqvist'
    found = filter_links(ana.get("/search?q=from:bo+has:file+-x").text)
    assert found["Has file , remove"] == 'from:"bo" -x'
    answer = ana.get("/search?q=lindqvist&from=Bo")
    assert parse_qs(urlsplit(answer.location).query)["q"] == ['from:"Bo" lindqvist']


def test_handle_from_the_form_needs_no_quotes(ana, ferry):
    answer = ana.get("/search?q=ferry&from=@bo-lindqvist")
    assert parse_qs(urlsplit(answer.location).query)["q"] == ["from:@bo-lindqvist ferry"]


@pytest.mark.parametrize("name", ["“Bo Lindqvist”", "“Bo", "Bo «L", '"Bo"'])
def test_quotes_in_a_form_name_are_removed(ana, ferry, name):
    answer = ana.client.get("/search", query_string={"q": "ferry", "from": name})
    assert len(hit_addresses(ana.get(answer.location).text)) == 1


def test_form_replaces_unfinished_operator(ana, ferry):
    answer = ana.get("/search?q=from:+ferry&from=Bo")
    assert parse_qs(urlsplit(answer.location).query)["q"] == ['from:"Bo" ferry']


def test_search_without_filters_keeps_phrases_and_exclusions(ana, ferry):
    page = ana.get('/search?q="blue+lantern"+from:me+-draft').text
    assert "/search?q=%22blue+lantern%22+-draft" in page


def test_filter_link_keeps_last_word_unfinished(ana, ferry):
    query = filter_links(ana.get("/search?q=lanter").text)["From me"]
    assert hit_addresses(ana.get("/search", query_string={"q": query}).text) == [
        f"/messaging/{ferry}?at=2"
    ]


def test_filled_in_form_becomes_operators(ana):
    answer = ana.get(
        '/search?q=ferry&from=Bo+"Lindqvist&with=&after=2026-01-02&before=2026-03-01&sort=best'
    )
    assert answer.status_code == 303
    query = parse_qs(urlsplit(answer.location).query)
    assert query["q"] == ['from:"Bo Lindqvist" after:2026-01-02 before:2026-03-01 ferry']
    assert query["sort"] == ["best"]
    assert ana.get("/search?q=ferry&from=&with=&after=&before=").status_code == 200


def test_form_shows_operators_and_replaces_changed_ones(ana, ferry):
    page = ana.get("/search?q=from:Bo+Lindqvist+after:2026-01-02+before:yesterday+ferry").text
    values = dict(re.findall(r'<input [^>]*name="([\w-]+)"[^>]* value="([^"]*)"', page))
    assert (values["from"], values["after"], values["before"]) == ("Bo Lindqvist", "2026-01-02", "")
    form = {name: values[name] for name in values if name.startswith("had-")} | {"q": values["q"]}
    form |= {name: values[name] for name in ("from", "with", "after", "before")}

    def resulting_query(**changes):
        answer = ana.client.get("/search", query_string=form | changes)
        return parse_qs(urlsplit(answer.location).query)["q"][0]

    assert resulting_query() == form["q"]
    assert resulting_query(q="lantern from:bo") == "lantern from:bo"
    assert resulting_query(after="2026-02-01") == (
        "after:2026-02-01 from:Bo Lindqvist before:yesterday ferry"
    )
    assert resulting_query(**{"from": ""}) == "after:2026-01-02 before:yesterday ferry"
    assert resulting_query(**{"from": "Ana"}) == "from:Ana after:2026-01-02 before:yesterday ferry"
    assert resulting_query(before="2026-03-01") == (
        "before:2026-03-01 from:Bo Lindqvist after:2026-01-02 ferry"
    )


def test_old_handle_still_finds_its_member(ana, bo, ferry):
    form = {"name": "Bo Lindqvist", "handle": "robert", "zone": "UTC"}
    assert bo.post("/settings/profile", **form).status_code == 303
    for handle in ("bo-lindqvist", "robert"):
        page = ana.get(f"/search?q=from:@{handle}+ferry").text
        assert len(hit_addresses(page)) == 1, handle
        assert filter_links(page)["From Bo Lindqvist , remove"] == "ferry"
