"""The response of every route to every person; a route missing from the table fails."""

from fnmatch import fnmatch
from itertools import product
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete

from linkmsg.db import db
from linkmsg.models import MemberSession
from tests import people
from tests.people import PARTIAL, Person
from tests.support.access_rows import MEMBERS, STRANGERS
from tests.support.route_access import SOCKETS, TABLE

pytestmark = pytest.mark.any_database


@pytest.fixture
def everyone(app, ana, bo, cy, admin, place):
    """Return the six clients with the handles of their people; one is of Ana's ended session."""
    ended = Person(app, ana.id, ana.name, ana.email, ana.handle)
    assert ended.get("/messaging").status_code == 200
    with app.app_context():
        db.session.execute(delete(MemberSession))
        db.session.commit()
    known = {"Cy": cy, "Ada": admin, "Bo": bo, "Ana": ana, "ended": ended}
    return {name: (person.client, person.handle) for name, person in known.items()} | {
        "nobody": (app.test_client(), "nobody")
    }


def response_to(client: FlaskClient, method, path, form, headers):
    """Return the status and the redirect of a response."""
    if method == "POST":
        page = client.get("/sign-in", follow_redirects=True).text
        form = {"csrf_token": people.token_in(page), **form}
    with client.open(path, method=method, data=form, headers=headers) as answer:
        location = answer.headers.get("Location") or answer.headers.get("HX-Redirect") or ""
    return unquote(f"{answer.status_code} {location}").strip()


PAGE, FRAGMENT = False, True
FORMS = [route for route in TABLE if route.startswith("POST")]


@pytest.mark.parametrize("kind", [PAGE, FRAGMENT], ids=["page", "fragment"])
@pytest.mark.parametrize("route", FORMS)
def test_form_gives_each_person_the_listed_response(route, kind, everyone, place):
    assert differences(route, [kind], everyone, place) == []


def test_pages_give_each_person_the_listed_response(everyone, place):
    """Pages share one place, because they only read."""
    pages = [route for route in TABLE if route not in FORMS]
    assert pages
    found = {route: differences(route, [PAGE, FRAGMENT], everyone, place) for route in pages}
    assert {route: each for route, each in found.items() if each} == {}


def differences(route, kinds, everyone, place):
    """Return the responses that differ from the table."""
    row, method, found = TABLE[route], route.split()[0], []
    for name, partial in product((*STRANGERS, *MEMBERS), kinds):
        client, handle = everyone[name]
        form = {key: value.format(handle=handle) for key, value in row.form.items()}
        headers = PARTIAL if partial else {}
        answer = response_to(client, method, row.path.format(**place), form, headers)
        expected = row.answers[name][partial].format(**place)
        if not fnmatch(answer, expected):
            found.append(f"{name} got {answer} instead of {expected}")
    return found


def routes(app):
    """Return every method of every route."""
    for rule in app.url_map.iter_rules():
        if rule.websocket:
            yield f"SOCKET {rule.rule}"
            continue
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            yield f"{method} {rule.rule}"


def test_every_route_is_in_the_table(app):
    assert sorted(routes(app)) == sorted([*TABLE, *SOCKETS])


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"])
def test_unlisted_method_gets_an_error_page(app, ana, nobody, place, method):
    existing = set(routes(app))
    for route, row in TABLE.items():
        if f"{method} {route.split()[1]}" in existing:
            continue
        for client in (ana.client, nobody):
            answer = client.open(row.path.format(**place), method=method)
            assert answer.status_code == 405, route
            assert "can’t be used that way" in answer.text
            assert method not in answer.headers["Allow"].split(", ")
