"""Sign-up: with an invite link, or without where registration is open."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from itsdangerous import URLSafeSerializer
from sqlalchemy import func, select

from linkmsg.actions import accounts
from linkmsg.config import Settings
from linkmsg.db import db
from linkmsg.models import InviteLink, Member
from tests.people import join, token_in
from tests.support.monotonic_clock import MonotonicClock
from tests.support.time_travel import travel

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FORM = {
    "name": "Nia Novak",
    "headline": "Engineer",
    "email": "nia@example.com",
    "password": "a short sentence",
    "timezone": "",
}


@pytest.fixture
def registration():
    """Return the setting for registration; test classes override it."""
    return "invite"


@pytest.fixture
def settings(database_url, tmp_path, registration):
    return Settings(
        data_dir=tmp_path,
        database_url=database_url,
        secret_key="of the tests",
        registration=registration,
        sign_ups_hourly=2,
    )


def link_of(admin, uses="one", days="7"):
    """Create an invite link as the admin."""
    assert admin.post("/admin/invite-links", uses=uses, days=days).status_code == 303
    shown = re.search(
        r'value="http://localhost(/sign-up\?invite=[^"]+)"', admin.get("/admin/invite-links").text
    )
    return shown[1]


def visit(browser, link):
    """Open an invite link, and follow its redirect."""
    return browser.get(link, follow_redirects=True)


def sign_up(app, link="", **form):
    """Submit the form of an invite link from a new browser."""
    browser = app.test_client()
    invite = link.partition("=")[2]
    data = {"csrf_token": token_in(browser.get("/sign-in").text), **FORM, "invite": invite, **form}
    return browser.post("/sign-up", data=data)


def members(app):
    """Return the email addresses of all members."""
    with app.app_context():
        return set(db.session.scalars(select(Member.email)))


def uses(app):
    """Return how often all links were used."""
    with app.app_context():
        return db.session.scalar(select(func.sum(InviteLink.uses)))


def test_invite_link_names_inviter_and_admits_one_person(app, admin, nobody):
    link = link_of(admin)
    page = visit(nobody, link)
    assert "Ada Keeper invited you" in page.text
    assert f'value="{link.partition("=")[2]}"' in page.text
    assert sign_up(app, link).location == "/messaging"
    assert visit(nobody, link).status_code == 403
    assert sign_up(app, link, email="second@example.com").status_code == 403
    assert members(app) == {"ada@example.com", "nia@example.com"}


def test_invite_token_leaves_the_address(app, admin, nobody):
    link = link_of(admin)
    answer = nobody.get(link)
    assert (answer.status_code, answer.location) == (303, "/sign-up")
    assert link.partition("=")[2] not in answer.text
    for _ in range(2):  # also when the page is loaded again
        page = nobody.get("/sign-up").text
        assert "Ada Keeper invited you" in page
    form = {"csrf_token": token_in(page), **FORM}
    assert nobody.post("/sign-up", data=form).location == "/messaging"
    assert "You need an invite link" in app.test_client().get("/sign-up").text


@pytest.mark.parametrize("token", ["forged", "x" * 9000, "\u202e1", ""])
def test_invalid_invite_token_leaves_the_address_too(app, admin, nobody, token):
    answer = nobody.get("/sign-up", query_string={"invite": token})
    assert answer.location == "/sign-up"
    assert sum(len(each) for each in answer.headers.getlist("Set-Cookie")) < 1000
    reason = "This invite link is invalid" if token else "You need an invite link"
    assert reason in nobody.get("/sign-up").text
    assert visit(nobody, link_of(admin)).status_code == 200


def test_new_member_is_signed_in_and_not_admin(app, admin):
    browser = app.test_client()
    invite = link_of(admin).partition("=")[2]
    form = {"csrf_token": token_in(browser.get("/sign-in").text), **FORM, "invite": invite}
    assert browser.post("/sign-up", data=form).location == "/messaging"
    assert browser.get("/messaging").status_code == 200
    assert browser.get("/admin/invite-links").status_code == 404


def test_invite_link_for_many_ignores_sign_up_limit(app, admin):
    link = link_of(admin, uses="many")
    for number in range(4):
        assert sign_up(app, link, email=f"nia{number}@example.com").status_code == 303
    assert len(members(app)) == 5
    assert '<a href="/admin/invite-links/1">1 other</a>' in admin.get("/admin/invite-links").text


@pytest.mark.parametrize(("hours", "status"), [(23, 200), (24, 403)])
def test_invite_link_works_until_it_expires(admin, nobody, hours, status):
    with travel(NOW) as clock:
        link = link_of(admin, days="1")
        clock.shift(timedelta(hours=hours))
        assert visit(nobody, link).status_code == status


def test_revoked_invite_link_is_refused(app, admin, nobody):
    link = link_of(admin, uses="many")
    assert visit(nobody, link).status_code == 200
    revoke = re.search(r'formaction="([^"]+/revoke)"', admin.get("/admin/invite-links").text)[1]
    admin.post(revoke)
    assert visit(nobody, link).status_code == 403
    assert sign_up(app, link).status_code == 403
    assert link not in admin.get("/admin/invite-links").text
    assert members(app) == {"ada@example.com"}


@pytest.mark.parametrize("end", [accounts.disable, accounts.remove_admin])
def test_link_of_a_former_admin_is_refused(app, admin, nobody, end):
    eve, link = join(app, "Eve Keeper", admin=True), link_of(admin)
    with app.app_context():
        end(admin.member())
    assert "This invite link is invalid or has expired" in visit(nobody, link).text
    assert sign_up(app, link).status_code == 403
    page = eve.get("/admin/invite-links").text
    assert link not in page
    assert "Inactive" in page
    assert "/admin/invite-links/1/revoke" in page
    assert members(app) == {"ada@example.com", eve.email}


def test_forged_invite_link_is_refused(app, admin):
    right = link_of(admin).partition("=")[2]
    forged = [
        "1",
        right[:-1],
        right.swapcase(),
        "1.é",
        "\u0661",
        URLSafeSerializer("another secret", salt="invite-link").dumps(1),
        URLSafeSerializer("of the tests", salt="device").dumps(1),
        URLSafeSerializer("of the tests", salt="invite-link").dumps("1"),
        URLSafeSerializer("of the tests", salt="invite-link").dumps(999),
    ]
    for token in forged:
        answer = sign_up(app, f"={token}")
        assert (answer.status_code, "This invite link is invalid" in answer.text) == (
            403,
            True,
        ), token
    assert sign_up(app, f"={right}").status_code == 303


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("email", "ada@example.com", "An account with this email already exists"),
        ("email", "nia", "Enter an email address like"),
        ("name", " \u200b ", "Enter your name."),
        ("name", "Ann\u202eeb", "changes the text direction"),
        ("name", "N" * 81, "80 characters"),
        ("headline", "H" * 121, "120 characters"),
        ("password", "password123", "common"),
        ("password", "NIA@example.com", "This is your email address"),
        ("timezone", "Europe/Atlantis", "Choose a time zone from the list"),
    ],
)
def test_invalid_sign_up_says_why_and_keeps_the_link(app, admin, field, typed, sentence):
    link = link_of(admin)
    answer = sign_up(app, link, **{field: typed})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert FORM["password"] not in answer.text
    assert 'value="Nia Novak"' in answer.text or field == "name"
    assert (members(app), uses(app)) == ({"ada@example.com"}, 0)
    assert sign_up(app, link).status_code == 303


def test_invite_only_instance_needs_a_link(app, admin, nobody):
    assert "You need an invite link" in nobody.get("/sign-up").text
    assert sign_up(app).status_code == 403


class TestClosed:
    @pytest.fixture
    def registration(self):
        return "closed"

    def test_closed_registration_refuses_invite_links(self, app, admin, nobody):
        link = link_of(admin)
        assert "Sign-up is closed" in visit(nobody, link).text
        assert sign_up(app, link).status_code == 403
        assert members(app) == {"ada@example.com"}


class TestOpen:
    @pytest.fixture
    def registration(self):
        return "open"

    def test_open_registration_is_offered_and_works(self, app, admin, nobody):
        assert "Create an account" in nobody.get("/sign-in").text
        assert sign_up(app).location == "/messaging"

    def test_sign_up_over_the_limit_keeps_the_form(self, app, admin, monkeypatch):
        clock = MonotonicClock()
        monkeypatch.setattr("linkmsg.clock.seconds", clock)
        for number in range(2):
            assert sign_up(app, email=f"nia{number}@example.com").status_code == 303
        answer = sign_up(app)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3600")
        assert 'value="Nia Novak"' in answer.text
        assert FORM["password"] not in answer.text
        assert sign_up(app, link_of(admin)).status_code == 303
        clock.shift(timedelta(hours=1, seconds=1))
        assert sign_up(app, email="later@example.com").status_code == 303
