"""Reset links: an admin creates one, and its member sets a new password, once."""

import re
from datetime import timedelta

import pytest
import time_machine

from linkmsg import clock
from linkmsg.actions import accounts, password_resets
from tests.people import PASSWORD, Person, sign_in, token_in

NEW = "another long sentence"


def link_for(admin, person):
    """Create a reset link on the pages, and return its path and query."""
    made = admin.post(f"/admin/members/{person.id}/reset-password")
    page = admin.get(made.location).text
    return re.search(r'value="http://localhost(/reset-password\?token=[\w-]{43})"', page)[1]


def choose(client, link, new=NEW):
    """Open a reset link, and send its form."""
    page = client.get(link, follow_redirects=True)
    token = token_in(client.get("/sign-in", follow_redirects=True).text)
    answer = client.post("/reset-password", data={"csrf_token": token, "new": new})
    return page, answer


def test_reset_link_sets_a_password_once(app, admin, bo, nobody, caplog):
    assert bo.get("/messaging").status_code == 200
    link = link_for(admin, bo)
    page, answer = choose(nobody, link)
    assert page.request.full_path.rstrip("?") == "/reset-password"
    assert bo.email in page.text
    assert answer.location == "/messaging"
    assert nobody.get("/messaging").status_code == 200
    assert bo.get("/messaging").location.startswith("/sign-in")
    assert sign_in(app.test_client(), bo.email).status_code == 422
    assert sign_in(app.test_client(), bo.email, NEW).status_code == 303
    page, answer = choose(app.test_client(), link)
    assert (page.status_code, answer.status_code) == (403, 403)
    lines = [each.getMessage() for each in caplog.records]
    assert lines[0] == f"admin {admin.id} made a reset link for member {bo.id}, from 127.0.0.1"
    assert "a new password refused for 127.0.0.1: the reset link is not valid any more" in lines
    assert link.partition("=")[2] not in caplog.text


@pytest.mark.parametrize("known", ["short", "bo@example.com", "Bo Lindqvist"])
def test_password_that_others_know_is_refused(admin, bo, nobody, known):
    link = link_for(admin, bo)
    assert choose(nobody, link, known)[1].status_code == 422
    assert choose(nobody, link)[1].status_code == 303


@pytest.mark.parametrize("token", ["", "x", "é", "x" * 5000, "ö" * 43])
def test_unknown_token_is_refused(admin, nobody, token):
    answer = nobody.get("/reset-password", query_string={"token": token}, follow_redirects=True)
    assert (answer.status_code, "invalid or has expired" in answer.text) == (403, True)


def disabled(admin, bo):
    admin.post(f"/admin/members/{bo.id}/disable")
    admin.post(f"/admin/members/{bo.id}/enable")


def changed_by_member(admin, bo):
    bo.post("/settings/account/password", current=PASSWORD, new="a third sentence")


def changed_by_admin(admin, bo):
    with bo.app.app_context():
        accounts.reset_password(bo.member(), "a third sentence")


@pytest.mark.parametrize("end", [link_for, disabled, changed_by_member, changed_by_admin])
def test_reset_link_ends(admin, bo, nobody, end):
    link = link_for(admin, bo)
    end(admin, bo)
    assert choose(nobody, link)[0].status_code == 403


def test_reset_link_works_for_a_day(app, admin, bo, nobody):
    with time_machine.travel(clock.now(), tick=False) as now:
        link = link_for(admin, bo)
        now.shift(timedelta(days=1) - timedelta(microseconds=1))
        assert nobody.get(link, follow_redirects=True).status_code == 200
        now.shift(timedelta(microseconds=1))
        assert nobody.get(link, follow_redirects=True).status_code == 403


def test_only_its_admin_sees_the_link(app, admin, bo):
    link_for(admin, bo)
    page = f"/admin/members/{bo.id}/reset-link"
    assert admin.get(page).status_code == 200
    elsewhere = Person(app, admin.id, admin.name, admin.email, admin.handle)
    assert elsewhere.get(page).location == "/admin/members"
    assert admin.get(f"/admin/members/{admin.id}/reset-link").location == "/admin/members"
    assert bo.get(page).status_code == 404


def test_token_is_stored_as_a_digest(inside, bo):
    token, _ = password_resets.create_token(bo.member())
    assert len(token) == 43  # 256 random bits
    assert bo.member().reset_digest == bo.member().digest(token)
