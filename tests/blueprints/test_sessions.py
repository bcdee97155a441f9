"""Sessions on several devices, and changes of password and email address."""

import pytest
from sqlalchemy import func, select

from linkmsg.db import db
from linkmsg.models import Member, MemberSession, Message
from tests.people import PARTIAL, PASSWORD, sign_in, token_in

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
NEW = "another long sentence"


def session_ids(app, member_id):
    """Return the ids of a member's sessions, oldest first."""
    with app.app_context():
        mine = select(MemberSession.id).where(MemberSession.member_id == member_id)
        return list(db.session.scalars(mine.order_by(MemberSession.id)))


def test_page_lists_devices_and_marks_this_one(ana):
    browser = ana.app.test_client()
    token = token_in(browser.get("/sign-in").text)
    form = {"csrf_token": token, "email": ana.email, "password": PASSWORD}
    browser.post("/sign-in", data=form, headers={"User-Agent": FIREFOX})
    page = ana.get("/settings/sessions").text
    assert "Firefox on Windows" in page
    assert page.count("This device") == 1
    assert page.count('/end"') == 1


def test_ended_session_is_signed_out_at_once(ana, phone):
    (ended,) = session_ids(ana.app, ana.id)
    ana.get("/messaging")
    assert ana.post(f"/settings/sessions/{ended}/end").location == "/settings/sessions"
    assert phone.get("/messaging").status_code == 303
    assert ana.get("/messaging").status_code == 200


def test_session_of_another_member_cannot_be_ended(ana, cy):
    assert ana.get("/messaging").status_code == 200
    (session_id,) = session_ids(ana.app, ana.id)
    assert f"/sessions/{session_id}/" not in cy.get("/settings/sessions").text
    cy.post(f"/settings/sessions/{session_id}/end")
    cy.post("/settings/sessions/end-others")
    assert ana.get("/messaging").status_code == 200


def test_ending_other_sessions_keeps_this_one(ana, bo, phone):
    assert bo.get("/messaging").status_code == 200
    ana.post("/settings/sessions/end-others")
    assert phone.get("/messaging").status_code == 303
    assert ana.get("/messaging").status_code == 200
    assert bo.get("/messaging").status_code == 200


def test_ended_session_writes_nothing(ana, phone, talk):
    assert phone.send(talk, "While I may").status_code == 303
    ana.post("/settings/sessions/end-others")
    assert phone.send(talk, "Too late").status_code == 401
    assert phone.post(f"/messaging/{talk}", partial=True, body="Too late").status_code == 401
    assert phone.post("/settings/profile", name="Not Ana", handle="ana-ruiz").status_code == 401
    with ana.app.app_context():
        assert db.session.scalar(select(func.count()).where(Message.body == "Too late")) == 0
        assert ana.member().name == "Ana Ruiz"


def test_fragment_after_sign_out_redirects_back_to_its_page(ana, phone, talk):
    ana.post("/settings/sessions/end-others")
    where = {"HX-Current-URL": f"http://localhost/messaging/{talk}?at=1"}
    answer = phone.client.get(f"/messaging/{talk}/after?revision=0", headers=PARTIAL | where)
    assert (answer.status_code, answer.data) == (401, b"")
    assert answer.headers["HX-Redirect"] == f"/sign-in?next=/messaging/{talk}?at%3D1"


@pytest.mark.parametrize("where", ["https://evil.example//evil.example/", "javascript:alert(1)"])
def test_fragment_never_redirects_off_the_site(nobody, where):
    answer = nobody.get("/messaging", headers=PARTIAL | {"HX-Current-URL": where})
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/"


def test_new_password_ends_other_sessions(ana, phone, nobody):
    form = {"current": PASSWORD, "new": NEW}
    assert ana.post("/settings/account/password", **form).location == "/settings/account"
    assert ana.get("/messaging").status_code == 200
    assert phone.get("/messaging").status_code == 303
    assert sign_in(nobody, ana.email, PASSWORD).status_code == 422
    assert sign_in(nobody, ana.email, NEW).status_code == 303


@pytest.mark.parametrize(
    ("current", "new", "sentence"),
    [
        ("not my password", NEW, "Incorrect password"),
        ("", NEW, "Enter your password"),
        (PASSWORD, "short", "10 characters"),
        (PASSWORD, "password123", "common"),
        (PASSWORD, "x" * 1025, "1,024"),
        (PASSWORD, " " * 10, "only spaces"),
        (PASSWORD, "Ana@Example.com", "This is your email address"),
    ],
)
def test_refused_password_change_says_why(ana, nobody, current, new, sentence):
    answer = ana.post("/settings/account/password", current=current, new=new)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert NEW not in answer.text
    assert sign_in(nobody, ana.email, PASSWORD).status_code == 303


def test_new_email_replaces_the_old_for_sign_in(ana, nobody):
    form = {"email": " Ana.Ruiz@Example.org ", "password": PASSWORD}
    assert ana.post("/settings/account/email", **form).location == "/settings/account"
    assert sign_in(nobody, ana.email).status_code == 422
    assert sign_in(nobody, "ana.ruiz@example.org").status_code == 303


@pytest.mark.parametrize(
    ("email", "password", "sentence"),
    [
        ("bo@example.com", PASSWORD, "An account with this email already exists"),
        ("new@example.com", "not my password", "Incorrect password"),
        ("new address", PASSWORD, "Enter an email address like"),
        ("x" * 250 + "@example.com", PASSWORD, "Enter an email address like"),
    ],
)
def test_refused_email_change_says_why(ana, bo, email, password, sentence):
    answer = ana.post("/settings/account/email", email=email, password=password)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{email}"' in answer.text
    with ana.app.app_context():
        assert db.session.scalars(Member.by_id(ana.id)).one().email == "ana@example.com"
