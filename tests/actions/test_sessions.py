"""Sign-in, sessions and passwords: what is stored, for how long, and at what cost."""

import runpy
import unicodedata
from datetime import timedelta

import argon2
import pytest
import time_machine
from argon2 import PasswordHasher
from sqlalchemy import select

from linkmsg import clock
from linkmsg.actions import accounts, passwords, sessions
from linkmsg.actions.errors import ActionRefused, AlreadyTaken
from linkmsg.actions.passwords import Match
from linkmsg.db import db, writing
from linkmsg.models import Member, MemberSession
from tests import people
from tests.people import PASSWORD, sign_in
from tests.support.concurrency import run_together
from tests.support.relationships import close_account


@pytest.fixture
def work(monkeypatch):
    """The calls of the password hasher, in order."""
    done: list[str] = []

    class RecordingHasher(PasswordHasher):
        def hash(self, *arguments, **named):
            done.append("hash")
            return super().hash(*arguments, **named)

        def verify(self, *arguments):
            done.append("verify")
            return super().verify(*arguments)

    counting = RecordingHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "hasher", counting)
    return done


@pytest.mark.parametrize("who", ["known", "unknown", "closed"])
@pytest.mark.parametrize("password", [PASSWORD, "not the password"])
def test_every_sign_in_computes_one_hash(app, ana, work, who, password):
    if who == "closed":
        close_account(ana)
    browser = app.test_client()
    answer = sign_in(browser, "x@example.com" if who == "unknown" else ana.email, password)
    right = who == "known" and password == PASSWORD
    assert answer.status_code == (303 if right else 422)
    assert work == ["verify"]


def test_wrong_password_and_unknown_address_look_the_same(app, ana):
    pages = []
    for email in (ana.email, "x@example.com"):
        browser = app.test_client()
        token = people.token_in(browser.get("/sign-in").text)
        typed = {"csrf_token": token, "email": email, "password": "not the password"}
        page = browser.post("/sign-in", data=typed).text
        pages.append(page.replace(email, "").replace(people.token_in(page), ""))
    assert pages[0] == pages[1]


def test_dummy_hash_uses_current_parameters(work):
    assert passwords.compare("anything", None) is Match.WRONG
    assert not passwords.hasher.check_needs_rehash(passwords.dummy_hash())


def test_sign_in_replaces_outdated_hash(app, ana, monkeypatch):
    def stored_hash():
        with app.app_context():
            return ana.member().password_hash

    before = stored_hash()
    stronger = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    monkeypatch.setattr(passwords, "hasher", stronger)
    assert passwords.compare(PASSWORD, before) is Match.OUTDATED
    assert sign_in(app.test_client(), ana.email, "not the password").status_code == 422
    assert stored_hash() == before
    assert sign_in(app.test_client(), ana.email).status_code == 303
    after = stored_hash()
    assert passwords.compare(PASSWORD, after) is Match.RIGHT
    assert sign_in(app.test_client(), ana.email).status_code == 303
    assert stored_hash() == after


NFC, NFD = "Größe-Café-Ω-ñandú", "Gro\u0308ße-Cafe\u0301-\u2126-n\u0303andu\u0301"
SAME = [NFC, NFD, "Ｇröße-Café-Ω-ñandú", unicodedata.normalize("NFKD", NFC)]


@pytest.mark.parametrize("chosen", SAME)
def test_password_is_right_however_it_is_encoded(app, ana, chosen):
    with app.app_context():
        accounts.reset_password(ana.member(), chosen)
        before = ana.member().password_hash
        assert all(sessions.authenticate(ana.email, typed) for typed in SAME)
        sessions.confirm_password(ana.member(), NFD)
        assert sessions.authenticate(ana.email, "Grosse-Cafe-Ω-nandu") is None
        assert ana.member().password_hash == before


@pytest.mark.parametrize("typed", SAME[1:])
def test_old_hash_is_right_as_typed_and_is_renewed(app, ana, typed):
    with app.app_context(), writing():
        ana.member().password_hash = passwords.hasher.hash(typed)
    with app.app_context():
        assert passwords.compare(typed, ana.member().password_hash) is Match.OUTDATED
        sessions.confirm_password(ana.member(), typed)
        assert sessions.authenticate(ana.email, NFC) is None
        assert sessions.authenticate(ana.email, typed) is not None
        db.session.expire_all()
        assert passwords.compare(typed, ana.member().password_hash) is Match.RIGHT
        assert sessions.authenticate(ana.email, NFC) is not None


def test_rehash_keeps_password_changed_during_sign_in(app, ana, monkeypatch):
    stronger = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    monkeypatch.setattr(passwords, "hasher", stronger)
    hashed = passwords.hash_password

    def meanwhile(password):
        monkeypatch.setattr(passwords, "hash_password", hashed)
        with app.app_context():
            accounts.reset_password(ana.member(), "another harbour")
        return hashed(password)

    monkeypatch.setattr(passwords, "hash_password", meanwhile)
    with app.app_context():
        sessions.authenticate(ana.email, PASSWORD)
    with app.app_context():
        assert sessions.authenticate(ana.email, "another harbour") is not None
        assert sessions.authenticate(ana.email, PASSWORD) is None


def test_password_hashes_cost_what_owasp_recommends():
    hasher = runpy.run_path(passwords.__file__)["hasher"]  # other tests use a cheap one
    assert hasher.type is argon2.Type.ID
    assert (hasher.memory_cost, hasher.time_cost, hasher.parallelism) == (19 * 1024, 2, 1)
    assert (hasher.salt_len, hasher.hash_len) == (16, 32)


def test_only_digest_of_token_is_stored(inside, ana):
    token = sessions.start(ana.member(), remember=True, user_agent="x" * 999, address="::1")
    assert len(token) == 43  # 256 random bits
    stored = db.session.scalars(select(MemberSession)).one()
    values = [getattr(stored, column.name) for column in MemberSession.__table__.columns]
    assert token not in map(str, values)
    assert MemberSession.digest(token) in values
    found = db.session.execute(*MemberSession.with_member(token)).one()
    assert (found[0].id, found[1].id) == (stored.id, ana.id)
    stolen = MemberSession.with_member(stored.token_digest)
    assert db.session.execute(*stolen).one_or_none() is None


def test_session_ends_after_30_idle_days(app, ana):
    with time_machine.travel(clock.now(), tick=False) as now:
        assert ana.get("/messaging").status_code == 200
        for _ in range(3):
            now.shift(timedelta(days=30) - timedelta(seconds=1))
            assert ana.get("/messaging").status_code == 200
        now.shift(timedelta(days=30))
        assert ana.get("/messaging").location.startswith("/sign-in")


def test_session_ends_after_180_days(app, ana):
    with time_machine.travel(clock.now(), tick=False) as now:
        assert ana.get("/messaging").status_code == 200
        for _ in range(8):
            now.shift(timedelta(days=20))
            assert ana.get("/messaging").status_code == 200
        now.shift(timedelta(days=20) - timedelta(seconds=1))
        assert ana.get("/messaging").status_code == 200
        now.shift(timedelta(seconds=1))
        assert ana.get("/messaging").location.startswith("/sign-in")


def test_session_without_remember_me_ends_with_browser(app, ana):
    for ticked, lasts in (({}, False), ({"remember": "y"}, True)):
        browser = app.test_client()
        sign_in(browser, ana.email, **ticked)
        assert (browser.get_cookie("session").expires is not None) is lasts


def test_member_can_end_own_session_only(app, ana, bo):
    assert ana.get("/messaging").status_code == bo.get("/messaging").status_code == 200
    with app.app_context():
        session_id = db.session.scalars(MemberSession.of(ana.member())).one().id
        sessions.end(bo.member(), session_id)
    assert ana.get("/messaging").status_code == 200
    with app.app_context():
        sessions.end(ana.member(), session_id)
    assert ana.get("/messaging").status_code == 303
    assert bo.get("/messaging").status_code == 200


def test_password_change_ends_other_sessions(app, ana, bo):
    elsewhere = app.test_client()
    sign_in(elsewhere, ana.email)
    assert bo.get("/messaging").status_code == elsewhere.get("/messaging").status_code == 200
    form = {"current": PASSWORD, "new": "another harbour"}
    assert ana.post("/settings/account/password", **form).status_code == 303
    assert elsewhere.get("/messaging").status_code == 303
    assert ana.get("/messaging").status_code == bo.get("/messaging").status_code == 200


def test_password_and_email_change_need_password(app, ana, bo):
    with app.app_context():
        before = ana.member().password_hash
        with pytest.raises(ActionRefused):
            sessions.change_password(ana.member(), 0, "not the password", "another harbour")
        with pytest.raises(ActionRefused):
            sessions.change_email(ana.member(), "not the password", "new@example.com")
        with pytest.raises(AlreadyTaken):
            sessions.change_email(ana.member(), PASSWORD, f" {bo.email.upper()} ")
    with app.app_context():
        assert (ana.member().password_hash, ana.member().email) == (before, ana.email)
        sessions.change_email(ana.member(), PASSWORD, " NEW@example.com")
        assert ana.member().email == "new@example.com"


def test_concurrent_email_changes_have_one_winner(app, ana, bo, cy):
    def change(person):
        return lambda: sessions.change_email(person.member(), PASSWORD, "one@example.com")

    results = run_together(app, change(ana), change(bo), change(cy))
    assert [isinstance(each, AlreadyTaken) for each in results].count(True) == 2
    with app.app_context():
        assert db.session.scalars(Member.by_email("one@example.com")).one()
