"""Forms that were not accepted are returned, and are only sent again by their author."""

import pytest
from sqlalchemy import delete, func, select

from linkmsg.config import Settings
from linkmsg.db import db
from linkmsg.models import MemberSession, Message
from tests.people import PARTIAL, PASSWORD, nonce
from tests.support.html_forms import form_to

pytestmark = pytest.mark.any_database

TEXT = 'A long text: <b>"Ça va?"</b> & more\nand a second line'
AS_SENT = TEXT.replace("\n", "\r\n")


def bodies(app):
    """Return the texts of all messages, in order."""
    with app.app_context():
        return list(db.session.scalars(select(Message.body).order_by(Message.id)))


def end_session(person):
    """Sign a person in, and end all sessions."""
    assert person.get("/messaging").status_code == 200
    with person.app.app_context():
        db.session.execute(delete(MemberSession))
        db.session.commit()


def test_message_is_sent_once_after_signing_in_again(app, ana, talk):
    path, sent = f"/messaging/{talk}", bodies(app)
    form = form_to(ana.get(path).text, path) | {"body": AS_SENT}
    end_session(ana)
    asked = ana.client.post(path, data=form)
    assert asked.status_code == 401
    assert "Then you can send your message" in asked.text
    assert "&lt;b&gt;" in asked.text
    credentials = form_to(asked.text, "/sign-in") | {"email": ana.email, "password": PASSWORD}
    restored = ana.client.post("/sign-in", data=credentials)
    assert restored.status_code == 200
    assert bodies(app) == sent
    recovered = form_to(restored.text, path)
    assert recovered["nonce"] == form["nonce"]
    for _ in range(2):
        assert ana.client.post(path, data=recovered).location == path
    assert bodies(app) == [*sent, TEXT]


def test_form_survives_a_wrong_password(app, ana, talk):
    ana.token  # noqa: B018 - signs Ana in
    end_session(ana)
    asked = ana.send(talk, TEXT)
    credentials = form_to(asked.text, "/sign-in") | {"email": ana.email, "password": "a wrong one"}
    again = ana.client.post("/sign-in", data=credentials)
    assert again.status_code == 422
    fields = form_to(again.text, "/sign-in")
    assert fields["recovered.body"] == AS_SENT
    restored = ana.client.post("/sign-in", data=fields | {"password": PASSWORD})
    assert form_to(restored.text, f"/messaging/{talk}")["body"] == AS_SENT


def test_form_survives_an_expired_sign_in_page(app, ana, talk):
    ana.token  # noqa: B018 - signs Ana in
    end_session(ana)
    credentials = form_to(ana.send(talk, TEXT).text, "/sign-in") | {"email": ana.email}
    other = app.test_client()
    stale = other.post("/sign-in", data=credentials | {"password": PASSWORD})
    assert stale.status_code == 400
    assert PASSWORD not in stale.text
    again = other.post("/sign-in", data=form_to(stale.text, "/sign-in"))
    assert (again.status_code, "Enter your password" in again.text) == (422, True)
    credentials = form_to(again.text, "/sign-in")
    assert credentials["email"] == ana.email
    restored = other.post("/sign-in", data=credentials | {"password": PASSWORD})
    assert form_to(restored.text, f"/messaging/{talk}")["body"] == AS_SENT


def test_sign_up_without_cookie_is_returned(app, admin):
    form = {"name": "Nia", "email": "nia@example.com", "password": PASSWORD, "csrf_token": "old"}
    answer = app.test_client().post("/sign-up", data=form)
    assert answer.status_code == 400
    assert "cookie" in answer.text
    restored = form_to(answer.text, "/sign-up")
    assert (restored["name"], restored["email"]) == ("Nia", "nia@example.com")
    assert PASSWORD not in answer.text


@pytest.mark.parametrize("token", ["", "broken", "IjAi.aaaaaa.bbbbbb", "\0"])
def test_form_with_invalid_token_is_returned_and_then_works(app, ana, talk, token):
    path, sent = f"/messaging/{talk}", bodies(app)
    form = {"csrf_token": token, "body": TEXT, "nonce": nonce()}
    answer = ana.client.post(path, data=form)
    assert answer.status_code == 400
    assert bodies(app) == sent
    assert ana.client.post(path, data=form_to(answer.text, path)).location == path
    assert bodies(app) == [*sent, TEXT]


@pytest.mark.parametrize("partial", [False, True], ids=["page", "fragment"])
@pytest.mark.parametrize(
    ("typed", "status", "sentence"),
    [
        ("a" * 8001, 422, "This has 8,001"),
        (" \n ", 422, "Write a message or attach a file"),
        ("bell\a", 422, "can’t be shown"),
    ],
)
def test_invalid_message_is_returned_with_the_reason(
    app, ana, talk, partial, typed, status, sentence
):
    path, sent = f"/messaging/{talk}", bodies(app)
    first_nonce = nonce()
    answer = ana.send(talk, typed, partial=partial, nonce=first_nonce)
    assert (answer.status_code, sentence in answer.text) == (status, True)
    back = form_to(answer.text, path)
    assert back["body"].strip() == typed.strip()
    assert back["nonce"] not in {first_nonce, ""}
    assert bodies(app) == sent
    assert ana.client.post(path, data=back | {"body": "Better"}).location == path


@pytest.mark.parametrize("partial", [False, True], ids=["page", "fragment"])
def test_reused_nonce_returns_text_with_new_nonce(app, ana, talk, partial):
    first_nonce, path = nonce(), f"/messaging/{talk}"
    assert ana.send(talk, "The first", nonce=first_nonce).status_code == 303
    answer = ana.send(talk, "The second", nonce=first_nonce, partial=partial)
    assert answer.status_code == 409
    assert ana.client.post(path, data=form_to(answer.text, path)).location == path
    assert bodies(app)[-2:] == ["The first", "The second"]


def test_invalid_nonce_returns_text_with_new_nonce(app, ana, talk):
    path = f"/messaging/{talk}"
    for forged in ("", "short", "x" * 65, "with spaces in it, all", "\u0661" * 20, "a\0" * 10):
        answer = ana.send(talk, TEXT, nonce=forged)
        assert answer.status_code == 422, forged
        back = form_to(answer.text, path)
    assert ana.client.post(path, data=back).location == path
    assert bodies(app)[-1] == TEXT


def test_message_to_removed_connection_becomes_a_note(ana, bo, talk):
    ana.post("/network/connections/bo-lindqvist/remove")
    page = ana.send(talk, TEXT)
    assert page.status_code == 403
    assert form_to(page.text, "/in/bo-lindqvist/connect")["note"] == AS_SENT
    fragment = ana.send(talk, "Kept <i>here</i>", partial=True)
    assert fragment.status_code == 403
    assert "Kept &lt;i&gt;here&lt;/i&gt;" in fragment.text


class TestOneMessageAMinute:
    @pytest.fixture
    def settings(self, database_url, tmp_path):
        return Settings(
            data_dir=tmp_path, database_url=database_url, secret_key="test", messages_minutely=1
        )

    @pytest.mark.parametrize("partial", [False, True], ids=["page", "fragment"])
    def test_rate_limited_message_is_returned_in_a_form(self, app, ana, talk, partial):
        assert ana.send(talk, "The first").status_code == 303
        answer = ana.send(talk, TEXT, partial=partial)
        assert answer.status_code == 429
        assert form_to(answer.text, f"/messaging/{talk}")["body"] == AS_SENT
        assert bodies(app)[-1] == "The first"


@pytest.mark.parametrize(
    "foreign",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_form_of_another_site_is_not_recovered(app, ana, talk, foreign):
    form = {"csrf_token": "", "body": "Send me money", "nonce": nonce()}
    for is_signed_in in (True, False):
        answer = ana.client.post(f"/messaging/{talk}", data=form, headers=foreign)
        assert (answer.status_code, "Send me money" in answer.text) == (403, False)
        end_session(ana) if is_signed_in else None


def test_passwords_are_never_recovered(ana):
    ana.token  # noqa: B018 - signs Ana in
    secrets = {"current": "secret one here", "new": "secret two here", "password": "secret three"}
    for path in ("/settings/account/password", "/settings/account/email"):
        stale = ana.client.post(path, data={"csrf_token": "", "email": "new@x.org", **secrets})
        assert (stale.status_code, "secret" in stale.text) == (400, False)
    end_session(ana)
    ended = ana.post("/settings/account/email", email="new@example.com", **secrets)
    assert (ended.status_code, "secret" in ended.text) == (401, False)
    assert form_to(ended.text, "/sign-in")["recovered.email"] == "new@example.com"


def test_oversized_form_is_refused_and_writes_nothing(app, ana, talk):
    sent = bodies(app)
    for headers in ({}, PARTIAL):
        form = {"csrf_token": ana.token, "body": "x" * (1024 * 1024 + 1), "nonce": nonce()}
        answer = ana.client.post(f"/messaging/{talk}", data=form, headers=headers)
        assert answer.status_code == 413
        assert "too large" in answer.text
    assert bodies(app) == sent


def test_very_long_text_is_returned_whole(app, ana, talk):
    answer = ana.send(talk, "é" * 150_000)
    assert answer.status_code == 422
    assert form_to(answer.text, f"/messaging/{talk}")["body"] == "é" * 150_000
    with app.app_context():
        assert db.session.scalar(select(func.max(func.length(Message.body)))) < 100


def test_recovered_profile_is_not_called_a_message(app, ana):
    ana.token  # noqa: B018 - signs Ana in
    end_session(ana)
    asked = ana.post("/settings/profile", name="Ana Ruiz", about="I build boats")
    assert asked.status_code == 401
    assert "Then you can send what you wrote" in asked.text
    assert "message" not in asked.text
