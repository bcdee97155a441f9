"""Every address × every person: who gets what. An address without a row fails."""

from fnmatch import fnmatch
from itertools import product
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete

from linkmsg.actions import invitations, invite_links, messages
from linkmsg.db import db
from linkmsg.models import MemberSession
from linkmsg.storage import stored_files
from tests import people
from tests.people import PARTIAL, Person
from tests.support.route_access import MEMBERS, SOCKETS, STRANGERS, TABLE

PHOTO = "p" * 32


@pytest.fixture
def place(app, ana, dee, admin, talk):
    """What the addresses of the table lead to: the ids of what is Ana's."""
    eli = people.join(app, "Eli Berg")
    notes = people.talk(ana, ana, "Buy bread")
    with app.app_context():
        received = invitations.invite(dee.member(), ana.member(), "Hello").id
        sent = invitations.invite(ana.member(), eli.member(), "Hello").id
        link = invite_links.make(admin.member(), max_uses=None, days=7).id
        with stored_files.blob_store().create(f"{PHOTO}-96") as photo:
            photo.write(b"a photo")
    file, unsent = people.attach(ana), people.attach(ana)
    with app.app_context():
        messages.send(ana.member(), talk, "With a file", people.nonce(), [file])
    keys = {"file": file, "unsent": unsent, "photo": PHOTO}
    return keys | {
        "talk": talk,
        "notes": notes,
        "received": received,
        "sent": sent,
        "link": link,
    }


@pytest.fixture
def everyone(app, ana, bo, cy, admin, place):
    """The six browsers, and whose they are; one is Ana's, in which her session has ended."""
    ended = Person(app, ana.id, ana.name, ana.email, ana.handle)
    assert ended.get("/messaging").status_code == 200
    with app.app_context():
        db.session.execute(delete(MemberSession))
        db.session.commit()
    known = {"Cy": cy, "Ada": admin, "Bo": bo, "Ana": ana, "ended": ended}
    return {name: (person.client, person.handle) for name, person in known.items()} | {
        "nobody": (app.test_client(), "nobody")
    }


def said(client: FlaskClient, method, path, form, headers):
    """The status, and where the answer leads."""
    if method == "POST":
        page = client.get("/sign-in", follow_redirects=True).text
        form = {"csrf_token": people.token_in(page), **form}
    with client.open(path, method=method, data=form, headers=headers) as answer:
        way = answer.headers.get("Location") or answer.headers.get("HX-Redirect") or ""
    return unquote(f"{answer.status_code} {way}").strip()


PAGE, FRAGMENT = False, True
FORMS = [door for door in TABLE if door.startswith("POST")]


@pytest.mark.parametrize("kind", [PAGE, FRAGMENT], ids=["page", "fragment"])
@pytest.mark.parametrize("door", FORMS)
def test_every_form_answers_each_person_as_the_table_says(door, kind, everyone, place):
    assert unlike_the_table(door, [kind], everyone, place) == []


def test_every_page_answers_each_person_as_the_table_says(everyone, place):
    """All in one place: what a form does may be done once, but these only read."""
    pages = [door for door in TABLE if door not in FORMS]
    assert pages
    found = {door: unlike_the_table(door, [PAGE, FRAGMENT], everyone, place) for door in pages}
    assert {door: each for door, each in found.items() if each} == {}


def unlike_the_table(door, kinds, everyone, place):
    """Who got something else than the table says, and what."""
    row, method, found = TABLE[door], door.split()[0], []
    for name, partial in product((*STRANGERS, *MEMBERS), kinds):
        client, handle = everyone[name]
        form = {key: value.format(handle=handle) for key, value in row.form.items()}
        headers = PARTIAL if partial else {}
        answer = said(client, method, row.path.format(**place), form, headers)
        wanted = row.answers[name][partial].format(**place)
        if not fnmatch(answer, wanted):
            found.append(f"{name} got {answer} instead of {wanted}")
    return found


def doors(app):
    """Every method of every address."""
    for rule in app.url_map.iter_rules():
        if rule.websocket:
            yield f"SOCKET {rule.rule}"
            continue
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            yield f"{method} {rule.rule}"


def test_every_door_has_a_row(app):
    assert sorted(doors(app)) == sorted([*TABLE, *SOCKETS])


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_a_method_that_no_row_lists_is_answered_with_a_sentence(app, ana, nobody, place, method):
    open_doors = set(doors(app))
    for door, row in TABLE.items():
        if f"{method} {door.split()[1]}" in open_doors:
            continue
        for client in (ana.client, nobody):
            answer = client.open(row.path.format(**place), method=method)
            assert answer.status_code == 405, door
            assert "it does something else" in answer.text
            assert method not in answer.headers["Allow"].split(", ")
