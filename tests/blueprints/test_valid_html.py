"""All pages are valid HTML: nesting, ids, headings and focus."""

from dataclasses import replace

import pytest

from tests import people
from tests.support.gallery import fill_gallery
from tests.support.html_forms import forms_of
from tests.support.markup import markup_faults
from tests.support.page_catalog import EMPTY_PAGES, PAGES

pytestmark = pytest.mark.any_database

# Fields that nobody fills in.
HIDDEN = {"csrf_token", "nonce", "to"}


@pytest.fixture
def ana(app):
    """Create Ana as an admin, who can open every page."""
    return people.join(app, "Ana Ruiz", admin=True)


def page_of(client, address):
    """Return a page; `!` after the address submits its form empty."""
    answer = client.get(address.rstrip("!"))
    if address.endswith("!"):
        way, fields = next(
            (way, fields)
            for way, fields in forms_of(answer.text)
            if "csrf_token" in fields and not way.endswith(("sign-out", "typing")) and way
        )
        empty = {name: value if name in HIDDEN else "" for name, value in fields.items()}
        answer = client.post(way, data=empty)
    assert answer.status_code == (422 if address.endswith("!") else 200), address
    return answer.text


def faults_of(html):
    return markup_faults(html, fragment="<html" not in html)


def test_pages_and_fragments_are_valid_html(ana, bo, subtests):
    names = fill_gallery(ana, bo)
    for address in (page.format(**names) for pages in PAGES.values() for page in pages):
        with subtests.test(address):
            assert faults_of(page_of(ana.client, address)) == []
            part = ana.get(address.rstrip("!"), partial=True).text
            assert markup_faults(part, fragment=True) == []


@pytest.mark.parametrize("address", EMPTY_PAGES)
def test_empty_pages_are_valid_html(ana, address):
    assert faults_of(page_of(ana.client, address)) == []


@pytest.mark.parametrize("address", ["/setup", "/setup!"])
def test_setup_page_is_valid_html(nobody, address):
    assert faults_of(page_of(nobody, address)) == []


@pytest.mark.parametrize("address", ["/sign-in", "/sign-in!", "/sign-up", "/sign-up!"])
def test_sign_in_pages_are_valid_html(app, nobody, cy, address):
    app.extensions["linkmsg"] = replace(app.extensions["linkmsg"], registration="open")
    assert faults_of(page_of(nobody, address)) == []


def test_error_pages_and_recovered_forms_are_valid_html(app, ana, talk, nobody):
    stale = {"csrf_token": "", "body": "Hello"}
    answers = {
        404: ana.get("/nowhere"),
        400: ana.client.post(f"/messaging/{talk}", data=stale),
        422: ana.send(talk, "a" * 8001),
        401: nobody.post(f"/messaging/{talk}", data=stale),
    }
    for status, answer in answers.items():
        assert (answer.status_code, faults_of(answer.text)) == (status, [])


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<h1>A</h1><span><p>B</p></span>", "<p> is inside <span>"),
        ("<h1>A</h1><a href=/><span><h2>B</h2></span></a>", "<h2> is inside <span>"),
        ("<h1>A</h1><p><a href=/><button>B</button></a></p>", "<button> is inside <a>"),
        ("<h1>A</h1><ul><div>B</div></ul>", "<div> is directly inside <ul>"),
        ("<h1>A</h1><div><li>B</li></div>", "<li> is inside <div>"),
        ("<h1>A</h1><p id=a></p><p id=a></p>", "2 elements have the id a"),
        ("<h1>A</h1><input autofocus><input autofocus>", "2 elements have autofocus"),
        ("<h1>A</h1><label for=a>B</label>", "no element has the id a"),
        ("<h1>A</h1><div><p>B</div>", "</div> closes another element"),
        ("<h1>A</h1><div>", "<div> is never closed"),
        ("<h1>A</h1><p id=a id=b></p>", "<p> has id twice"),
        ("<h2>A</h2><h1>B</h1>", "the first heading is an h2"),
        ("<h1>A</h1><h3>B</h3>", "an h3 follows an h1"),
        ("<h1>A</h1><h1>B</h1>", "there are 2 h1"),
        ("<p>A</p>", "there are 0 h1"),
    ],
)
def test_check_recognizes_invalid_html(html, fault):
    assert any(each.startswith(fault) for each in markup_faults(html))
