"""NUL and broken characters in any input: a clear answer, no error of the database."""

import pytest
from sqlalchemy import select

from linkmsg.db import db
from linkmsg.models import Invitation, Message
from tests.people import token_in
from tests.support.route_access import TABLE
from tests.support.upload_requests import attached, multipart, send, upload
from tests.web.test_untrusted_forms import everything

FORMS = {route: row for route, row in TABLE.items() if route.startswith("POST")}
FORM_TYPE = "application/x-www-form-urlencoded"
# Fields that only some pages have, and one that none has.
MORE = ["attachment", "alt", "alt-x", "voice", "upload", "revision", "seq", "next", "remember"]
MORE += ["unsent_text", "invite", "recovered_path", "recovered.body", "remove", "odd"]
# Lone surrogates, half a character, an overlong NUL and no UTF-8, as percent-encoded bytes.
BROKEN = "%ED%A0%80%ED%BF%BF%E2%82%C0%80%FF"


@pytest.fixture
def clients(ana, admin, nobody):
    """Return a function: the client that sends a form of the table, with its token and handle."""
    visitor = token_in(nobody.get("/sign-in").text)
    members = [(each.client, each.token, each.handle) for each in (ana, admin)]

    def client_for(path):
        if path in {"/sign-in", "/sign-up", "/setup"}:
            return nobody, visitor, "nobody"
        return members["/admin" in path]

    return client_for


def forms(place, clients):
    """Yield each form of the table: its client, address, and fields with a valid token."""
    for row in FORMS.values():
        path = row.path.format(**place)
        client, token, handle = clients(path)
        fields = {name: value.format(handle=handle) for name, value in row.form.items()}
        yield client, path, {"csrf_token": token, **fields}


def encoded(fields):
    return "&".join(f"{name}={value}" for name, value in fields.items()).encode()


@pytest.mark.parametrize("way", ["plain", "multipart"])
def test_nul_in_any_field_is_refused_and_writes_nothing(app, ana, place, clients, way):
    before = everything(app)
    for client, path, fields in forms(place, clients):
        for name in dict.fromkeys([*fields, *(MORE if len(fields) > 1 else ("odd",)), "odd\0name"]):
            given = fields | {name: "a\0b"}
            sent = {"data": given} if way == "plain" else multipart(given)
            answer = client.post(path, **sent)
            missing = {404} if path == "/messaging/new" else set()  # nobody has that handle
            status = {400} if name == "csrf_token" else {422} | missing
            assert answer.status_code in status, (path, name)
            assert "\0" not in answer.text
        assert everything(app) == before, path
    answer = ana.post("/in/cy-stranger/connect", note="A long \0 note")
    assert "character that can" in answer.text


def test_refused_character_keeps_text_and_files(app, ana, talk):
    answer = send(ana, talk, "My \0 words", ("plan.txt", b"Hello"))
    assert (answer.status_code, answer.text.count('name="attachment"')) == (422, 1)
    assert "My  words" in answer.text
    assert "character that can" in answer.text
    answer = ana.post("/settings/profile", name="Ana \0 Ruiz", handle="ana-ruiz")
    assert (answer.status_code, "Ana  Ruiz" in answer.text) == (422, True)


def test_broken_characters_in_any_field_are_no_error(ana, place, clients):
    for client, path, fields in forms(place, clients):
        if path == "/sign-out":
            continue
        for broken in (dict.fromkeys(fields, BROKEN), dict.fromkeys(MORE, BROKEN)):
            given = encoded(fields | broken | {"csrf_token": fields["csrf_token"]})
            answer = client.post(path, data=given, content_type=FORM_TYPE)
            assert answer.status_code < 500, path
    assert ana.get("/settings/sessions").status_code == 200


def status_of(client, path):
    with client.get(path) as answer:
        return answer.status_code


@pytest.mark.parametrize("odd", ["%00", "a%00", BROKEN])
def test_odd_character_in_any_address_is_no_error(app, ana, nobody, talk, odd):
    names = ["q", "to", "filter", "next", "invite", "sort", "from", "with", "after", "before"]
    names += ["had-from", "wide", "held", "name"]
    together = "&".join(f"{name}={odd}" for name in names)
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.websocket:
            continue
        path = rule.rule.replace("<id_:id>", str(talk)).replace("<int:size>", "96")
        for name in ("<key>", "<photo>", "<handle>", "<tree_>", "<path:filename>", "<name>"):
            path = path.replace(name, odd)
        assert status_of(nobody, path) < 500, path
        for query in (together, f"n%00={odd}"):
            assert status_of(ana.client, f"{path}?{query}") < 500, path
    for name in [*names, "inside", "shown"]:
        assert ana.client.get(f"/search?{name}={odd}").status_code < 500, name
        assert ana.client.get(f"/search?q=hello&{name}={odd}").status_code < 500, name


@pytest.mark.parametrize("name", ["session", "device", "__Host-device", "other"])
@pytest.mark.parametrize("value", ["\0", "a\0b", "\xff\xfe", "\xed\xa0\x80", '"\\000"', "=;="])
def test_odd_cookie_is_ignored(app, talk, name, value):
    client = app.test_client(use_cookies=False)
    for path in ("/sign-in", "/messaging"):
        answer = client.get(path, environ_overrides={"HTTP_COOKIE": f"{name}={value}"})
        assert answer.status_code in {200, 303, 400}
    answer = client.post("/sign-in", environ_overrides={"HTTP_COOKIE": f"{name}={value}"})
    assert answer.status_code == 400


@pytest.mark.parametrize("value", ["a\0b", "\xff", "x" * 5000])
def test_odd_header_is_no_error_at_sign_in(app, ana, value):
    for name in ("USER_AGENT", "REFERER", "HX_CURRENT_URL", "ORIGIN", "ACCEPT_LANGUAGE"):
        client = app.test_client()
        token = token_in(client.get("/sign-in").text)
        form = {"csrf_token": token, "email": ana.email, "password": "correct horse battery"}
        answer = client.post("/sign-in", data=form, environ_overrides={f"HTTP_{name}": value})
        assert answer.status_code in {303, 400, 403}, name


@pytest.mark.parametrize("name", ["a\0b.txt", "\0", "\x7f.txt", "x" * 900])
def test_odd_file_name_is_cleaned(app, ana, talk, name):
    assert upload(ana, b"Hello", name).status_code == 201
    assert send(ana, talk, "A file", (name, b"Hello")).status_code == 303
    _, [file] = attached(app, talk)
    assert "\0" not in file.name


@pytest.mark.parametrize(
    "unseen", ["\u2800", "\u061c \u206a", "\u3164\U000e0041", "\u0301", "\ufffc"]
)
def test_unseen_text_counts_as_none(app, ana, cy, talk, unseen):
    assert "Write a message or attach a file." in ana.send(talk, unseen).text
    assert "Enter your name." in ana.post("/settings/profile", name=unseen).text
    profile = {"name": "Ana Ruiz", "handle": "ana-ruiz", "headline": unseen, "about": unseen}
    assert ana.post("/settings/profile", **profile).status_code == 303
    assert send(ana, talk, unseen, ("plan.txt", b"Hello")).status_code == 303
    assert ana.post(f"/in/{cy.handle}/connect", note=unseen).status_code == 303
    with app.app_context():
        assert (ana.member().headline, ana.member().about) == ("", "")
        assert db.session.scalars(select(Message.body).order_by(Message.id.desc())).first() == ""
        assert db.session.scalars(select(Invitation.note)).all() == [""]
    assert f"“{unseen}”" not in ana.get("/messaging/new", query_string={"q": unseen}).text
    assert "No messages" not in ana.get("/search", query_string={"q": unseen}).text
