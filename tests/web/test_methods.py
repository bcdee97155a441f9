"""Every address answers HEAD as GET, and one that was opened in the browser shows a page."""

import pytest

from tests.people import PARTIAL
from tests.support.route_access import TABLE

pytestmark = pytest.mark.any_database

OPENED = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "none"}
PAGES = {route: row for route, row in TABLE.items() if route.startswith("GET")}
# Files, and answers to programs, which a browser shows as they are.
NOT_PAGES = {"files.file", "photos.photo", "static"}
NOT_PAGES |= {"app_icons.favicon", "app_icons.manifest"}
NOT_PAGES |= {"health.healthz", "health.readyz", "health.robots"}


def answer_to(client, method, path, headers=None):
    """Return the status, the important headers, and the body of a response."""
    with client.open(path, method=method, headers=headers) as answer:
        names = ("Content-Type", "Location", "HX-Redirect", "Cache-Control", "Content-Length")
        return answer.status_code, {name: answer.headers.get(name) for name in names}, answer.data


@pytest.mark.parametrize("headers", [{}, PARTIAL], ids=["page", "fragment"])
def test_head_answers_as_get_without_the_body(ana, admin, nobody, place, headers):
    for route, row in PAGES.items():
        path = row.path.format(**place)
        for client in (admin.client if "/admin" in path else ana.client, nobody):
            status, named, _ = answer_to(client, "GET", path, headers)
            asked = answer_to(client, "HEAD", path, headers)
            assert (asked[0], asked[2]) == (status, b""), route
            for each in (named, asked[1]):
                del each["Content-Length"]  # tokens have several lengths
            assert asked[1] == named, route


# What an old browser gets without HTML, because it does not say that it opens a page.
AS_IMAGES = {"live.room", "messaging.seen", "accounts.clear_caches"}


def endpoint(app, path):
    return app.url_map.bind("").match(path.partition("?")[0])[0]


def test_opened_addresses_show_whole_pages_or_redirect(app, ana, admin, place):
    assert {endpoint(app, row.path.format(**place)) for row in PAGES.values()} >= NOT_PAGES
    for headers in ({}, OPENED, OPENED | PARTIAL):
        for route, row in PAGES.items():
            path = row.path.format(**place)
            if endpoint(app, path) in NOT_PAGES:
                continue
            client = admin.client if "/admin" in path else ana.client
            status, named, body = answer_to(client, "GET", path, headers)
            if not headers and endpoint(app, path) in AS_IMAGES:
                assert status in {204, 200}
                continue
            assert status in {303, 403} or b"<html" in body, (route, headers)
            assert status != 303 or named["Location"]


@pytest.mark.parametrize("path", ["after", "after?revision=0", "after?revision=x", "seen?seq=2"])
def test_opened_part_of_a_thread_leads_to_the_thread(ana, bo, talk, path):
    before = bo.get("/messaging").text.count("1 unread")
    answer = bo.client.get(f"/messaging/{talk}/{path}", headers=OPENED)
    assert (answer.status_code, answer.location) == (303, f"/messaging/{talk}")
    assert bo.get("/messaging").text.count("1 unread") == before
    assert ana.client.get("/live/counts", headers=OPENED).location == "/messaging"


def test_address_of_a_refused_form_leads_to_the_page_of_the_form(app, ana, admin, place):
    forms = [row.path for route, row in TABLE.items() if route.startswith("POST")]
    for template in forms:
        path = template.format(**place)
        client = admin.client if "/admin" in path else ana.client
        answer = client.get(path)
        assert answer.status_code in {200, 303, 403, 404}, path
        if answer.status_code == 303:
            found = client.get(answer.location, follow_redirects=True)
            assert (found.status_code, "<html" in found.text) == (200, True), path
    assert [rule.rule for rule in app.url_map.iter_rules() if not answers_get(app, rule)] == []
    assert client.get("/settings/photo").location == "/settings/profile"
    assert client.get("/messaging/7/read").location == "/messaging/7"


def answers_get(app, rule):
    """Return whether some route answers GET at the address of this one."""
    return any("GET" in each.methods for each in app.url_map.iter_rules() if each.rule == rule.rule)
