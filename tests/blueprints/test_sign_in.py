"""Sign-in and sign-out: who can sign in, for how long, and the page after it."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
import time_machine
from argon2 import PasswordHasher
from sqlalchemy import func, select

from linkmsg.actions import accounts, passwords
from linkmsg.config import Settings
from linkmsg.db import db
from linkmsg.models import MemberSession
from tests.people import PASSWORD, sign_in, token_in
from tests.support.time_travel import clock_set_by

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def without_values(page):
    """Return a page without form values, which include tokens."""
    return re.sub(r'value="[^"]*"', "", page)


def session_cookie(answer, name="session"):
    """Return the session cookie of a response."""
    return next(
        each for each in answer.headers.getlist("Set-Cookie") if each.startswith(f"{name}=")
    )


def test_right_email_and_password_open_the_inbox(nobody, ana):
    assert nobody.get("/messaging").status_code == 303
    assert sign_in(nobody, " ANA@Example.com ").location == "/"
    assert nobody.get("/", follow_redirects=True).request.path == "/messaging"


def test_wrong_password_and_unknown_email_look_the_same(nobody, ana):
    known = sign_in(nobody, ana.email, "a wrong password")
    unknown = sign_in(nobody, "nobody@example.com", "a wrong password")
    assert known.status_code == unknown.status_code == 422
    assert "Incorrect email or password" in known.text
    assert without_values(known.text) == without_values(unknown.text)
    assert nobody.get("/messaging").status_code == 303


def test_every_failed_sign_in_costs_one_hash(nobody, ana, bo, monkeypatch):
    with ana.app.app_context():
        accounts.disable(bo.member())
    counted = []

    class VerifyCounter(PasswordHasher):
        def verify(self, kept, typed):
            counted.append(typed)
            return super().verify(kept, typed)

    monkeypatch.setattr(passwords, "hasher", VerifyCounter(1, 8, 1))
    for email in (ana.email, bo.email, "nobody@example.com"):
        assert sign_in(nobody, email, f"wrong for {email}").status_code == 422
    assert counted == [f"wrong for {each}" for each in (ana.email, bo.email, "nobody@example.com")]


def test_closed_account_cannot_sign_in(nobody, ana):
    assert sign_in(ana.app.test_client(), ana.email).status_code == 303
    with ana.app.app_context():
        accounts.disable(ana.member())
    assert sign_in(nobody, ana.email).status_code == 422


def test_failed_sign_in_keeps_all_but_the_password(nobody, ana):
    answer = sign_in(nobody, ana.email, "a wrong password", remember="y")
    assert 'value="ana@example.com"' in answer.text
    assert "checked" in answer.text
    assert "a wrong password" not in answer.text


def test_session_without_remember_me_ends_with_browser(nobody, ana):
    cookie = session_cookie(sign_in(nobody, ana.email))
    assert "Expires" not in cookie
    assert "Max-Age" not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_remembered_cookie_lives_as_long_as_the_session(nobody, ana):
    with time_machine.travel(NOW, tick=False):
        cookie = session_cookie(sign_in(nobody, ana.email, remember="y"))
    expires = re.search(r"Expires=([^;]+)", cookie)
    assert parsedate_to_datetime(expires[1]) == NOW + timedelta(days=180)


@pytest.mark.parametrize("remember", ["", "y"])
@pytest.mark.parametrize("hours", [-1, -24 * 365, 24])
def test_session_outlives_that_the_clock_was_set(nobody, ana, hours, remember):
    sign_in(nobody, ana.email, **({"remember": "y"} if remember else {}))
    with clock_set_by(timedelta(hours=hours)):
        assert nobody.get("/messaging").status_code == 200
        token = token_in(nobody.get("/settings/appearance").text)
        form = {"csrf_token": token, "theme": "dark"}
        assert nobody.post("/settings/appearance", data=form).status_code == 303


def test_session_is_back_when_the_clock_is_right_again(nobody, ana):
    sign_in(nobody, ana.email, remember="y")
    with clock_set_by(timedelta(days=365)):
        assert nobody.get("/messaging").status_code == 303
        assert nobody.get("/sign-in").status_code == 200
    assert nobody.get("/messaging").status_code == 200


@pytest.mark.parametrize(("days", "status"), [(29, 200), (30, 303)])
def test_session_ends_after_thirty_idle_days(nobody, ana, days, status):
    with time_machine.travel(NOW, tick=False) as clock:
        sign_in(nobody, ana.email, remember="y")
        clock.shift(timedelta(days=days))
        assert nobody.get("/messaging").status_code == status


def test_session_in_use_ends_after_180_days(nobody, ana):
    with time_machine.travel(NOW, tick=False) as clock:
        sign_in(nobody, ana.email, remember="y")
        for _ in range(8):
            clock.shift(timedelta(days=20))
            assert nobody.get("/messaging").status_code == 200
        clock.shift(timedelta(days=20))
        assert nobody.get("/messaging").status_code == 303


def test_cookie_from_before_sign_out_is_invalid(nobody, ana):
    sign_in(nobody, ana.email)
    kept = nobody.get_cookie("session").value
    token = token_in(nobody.get("/messaging").text)
    thief = ana.app.test_client()
    thief.set_cookie("session", kept)
    assert thief.get("/messaging").status_code == 200
    assert nobody.post("/sign-out", data={"csrf_token": token}).location == "/sign-in"
    assert nobody.get("/messaging").status_code == 303
    assert thief.get("/messaging").status_code == 303


def test_signing_in_again_replaces_the_session(nobody, ana):
    page = nobody.get("/sign-in").text
    for _ in range(2):
        form = {"csrf_token": token_in(page), "email": ana.email, "password": PASSWORD}
        assert nobody.post("/sign-in", data=form).status_code == 303
        page = nobody.get("/messaging").text
    with ana.app.app_context():
        assert db.session.scalar(select(func.count(MemberSession.id))) == 1


def test_sign_in_page_redirects_members(ana):
    assert ana.get("/sign-in?next=/network").location == "/network"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "https://evil.example/",
        "https:evil.example",
        "javascript:alert(1)",
        "evil.example",
        " //evil.example",
        "http:///evil.example",
    ],
)
def test_sign_in_never_redirects_off_the_site(nobody, ana, elsewhere):
    page = nobody.get("/sign-in", query_string={"next": elsewhere})
    assert "evil" not in page.text
    assert "alert(1)" not in page.text
    assert sign_in(nobody, ana.email, next=elsewhere).location == "/"
    assert nobody.get("/sign-in", query_string={"next": elsewhere}).location == "/"


def test_sign_in_redirects_to_the_requested_page(nobody, ana):
    asked = nobody.get("/people?q=bo+lind&page=2")
    page = nobody.get(asked.location).text
    wanted = re.search(r'name="next"[^>]*value="([^"]*)"', page)[1].replace("&amp;", "&")
    assert wanted == "/people?q=bo+lind&page=2"
    assert sign_in(nobody, ana.email, next=wanted).location == wanted


class TestOverHttps:
    @pytest.fixture
    def settings(self, database_url, tmp_path):
        return Settings(
            data_dir=tmp_path,
            database_url=database_url,
            secret_key="of the tests",
            base_url="https://talk.example.com",
        )

    def test_https_cookie_is_secure_and_host_only(self, nobody, ana):
        token = token_in(nobody.get("/sign-in", base_url="https://talk.example.com").text)
        form = {"csrf_token": token, "email": ana.email, "password": PASSWORD}
        answer = nobody.post("/sign-in", data=form, base_url="https://talk.example.com")
        cookies = answer.headers.getlist("Set-Cookie")
        assert len(cookies) == 2
        assert all("Secure" in each and "HttpOnly" in each for each in cookies)
        assert "Path=/" in session_cookie(answer, "__Host-session")
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
