"""A form whose token was not checked changes nothing, however its body is cut or filled."""

import io

import pytest
from sqlalchemy import select

from linkmsg.db import db
from linkmsg.storage import stored_files
from tests.people import PASSWORD
from tests.support.route_access import TABLE
from tests.support.upload_requests import multipart

pytestmark = pytest.mark.any_database

FORMS = {route: row for route, row in TABLE.items() if route.startswith("POST")}
END = b"--b--\r\n"
HUGE = "x" * (1024 * 1024 + 1)
FILE = ("photo.txt", b"Hello")


def plain(fields):
    return {"data": fields}


def cut_off(fields, *files):
    """Return a multipart form without its last line."""
    form = multipart(fields, *files)
    return form | {"data": form["data"].removesuffix(END)}


WAYS = {
    "plain": plain,
    "multipart": multipart,
    "with a file": lambda fields: multipart(fields, FILE),
    "cut off": cut_off,
    "cut off in a file": lambda fields: cut_off(fields, FILE),
    "cut off in a field": lambda fields: cut_off(fields | {"last": "half"}),
    "cut off before the first field ends": lambda fields: cut_off(dict([*fields.items()][:1])),
    "too large": lambda fields: multipart(fields | {"large": HUGE}),
    "too many parts": lambda fields: multipart(fields | {f"x{n}": "" for n in range(120)}),
    "too many files": lambda fields: multipart(fields, *[FILE] * 12),
}


def everything(app):
    """Return all rows of the database, and the names of all stored files."""
    with app.app_context():
        rows = {
            table.name: sorted(map(repr, db.session.execute(select(table))))
            for table in db.metadata.sorted_tables
        }
        return rows, sorted(name for name, _ in stored_files.blob_store().entries())


@pytest.mark.parametrize("token", ["no token", "a wrong token", "of another member"])
@pytest.mark.parametrize("way", WAYS)
def test_form_without_a_valid_token_changes_nothing(app, ana, cy, admin, place, way, token):
    tokens = {"no token": {}, "of another member": {"csrf_token": cy.token}}
    given = tokens.get(token, {"csrf_token": "wrong"})
    assert ana.token != admin.token != cy.token
    before = everything(app)
    key = place["unsent"]
    more = {"remove": "1", "attachment": key, f"alt-{key}": "Changed", "upload": "1", "voice": "1"}
    for route, row in FORMS.items():
        person = admin if "/admin" in row.path else ana
        fields = {name: value.format(handle=person.handle) for name, value in row.form.items()}
        path = row.path.format(**place)
        answer = person.client.post(path, **WAYS[way](given | fields | more))
        assert answer.status_code in {303, 400, 413}, route
        assert answer.status_code != 303 or route in {"POST /setup", "POST /sign-up"}
        assert PASSWORD not in answer.text
    assert everything(app) == before


def test_typed_text_of_a_form_that_was_cut_off_is_returned(ana, talk):
    for token in ({}, {"csrf_token": ana.token}):
        form = cut_off({**token, "body": "My words", "nonce": "n" * 20})
        answer = ana.client.post(f"/messaging/{talk}", **form)
        assert (answer.status_code, "My words" in answer.text) == (400, True)
        assert "interrupted" in answer.text


def test_cut_off_form_with_a_token_removes_no_photo(app, ana, place):
    fields = {"csrf_token": ana.token, "remove": "1"}
    before = everything(app)
    answer = ana.client.post("/settings/photo", **cut_off(fields))
    assert (answer.status_code, everything(app) == before) == (400, True)
    assert ana.client.post("/settings/photo", **multipart(fields)).status_code == 303
    assert everything(app) != before


@pytest.mark.parametrize("terminated", [True, False])
def test_plain_form_that_was_cut_off_is_refused(app, ana, talk, terminated):
    body = f"csrf_token={ana.token}&nonce={'n' * 20}&body=Hello+wor".encode()
    before = everything(app)
    environ = {"wsgi.input_terminated": True} if terminated else {}
    environ["CONTENT_LENGTH"] = str(len(body) + 2)
    answer = ana.client.post(
        f"/messaging/{talk}",
        input_stream=io.BytesIO(body),
        content_type="application/x-www-form-urlencoded",
        environ_overrides=environ,
    )
    assert (answer.status_code, everything(app) == before) == (400, True)
