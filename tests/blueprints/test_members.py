"""Administration of members: the list, and each change with its confirmation and log line."""

import re
from datetime import timedelta

import pytest
import time_machine

from linkmsg import clock
from linkmsg.actions import accounts
from linkmsg.db import db
from linkmsg.models import Member
from tests.people import PASSWORD, join

LIST = "/admin/members"
CHANGES = ("disable", "make-admin", "remove-admin", "reset-password")


@pytest.fixture
def later():
    """Travel to a time after the sign-in at which the password is asked for again."""
    with time_machine.travel(clock.now(), tick=False) as now:
        yield lambda **time: now.shift(timedelta(**time))


def shown(page):
    """Return the names in a list of members."""
    return re.findall(r'class="name"[^>]*>([^<]+)</a>', page)


def state_of(person):
    """Return whether a person is an admin, and whether their account is disabled."""
    with person.app.app_context():
        member = person.member()
        return member.is_admin, member.is_closed


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Ada Keeper", "Ana Ruiz", "Bo Lindqvist", "Cy Stranger"]),
        ("?q=lind", ["Bo Lindqvist"]),
        ("?q=ANA@example", ["Ana Ruiz"]),
        ("?q=ruiz+ana", ["Ana Ruiz"]),
        ("?q=%25", []),
        ("?state=admins", ["Ada Keeper"]),
        ("?state=disabled", ["Cy Stranger"]),
        ("?state=disabled&q=bo", []),
        ("?state=other&q=bo", ["Bo Lindqvist"]),
    ],
)
def test_members_are_listed_and_found(app, admin, bo, cy, query, names):
    with app.app_context():
        accounts.disable(cy.member())
    answer = admin.get(f"{LIST}{query}")
    assert (answer.status_code, shown(answer.text)) == (200, names)


def test_long_list_has_pages_that_keep_the_search(app, admin):
    for number in range(23):
        join(app, f"Nia{number:02} Novak")
    first = admin.get(f"{LIST}?q=novak").text
    assert len(shown(first)) == 20
    assert "23 members" in first
    following = re.search(r'href="([^"]+)" rel="next"', first)[1].replace("&amp;", "&")
    assert shown(admin.get(following).text) == [f"Nia{number} Novak" for number in (20, 21, 22)]


def test_disabled_member_is_signed_out_and_enabled_again(admin, bo, caplog):
    assert bo.get("/messaging").status_code == 200
    answer = admin.post(f"{LIST}/{bo.id}/disable")
    assert answer.location == LIST
    assert "Bo Lindqvist is disabled." in admin.get(LIST).text
    assert bo.get("/messaging").location.startswith("/sign-in")
    assert state_of(bo) == (False, True)
    assert admin.post(f"{LIST}/{bo.id}/enable").location == LIST
    assert state_of(bo) == (False, False)
    assert [each.getMessage() for each in caplog.records] == [
        f"admin {admin.id} disabled member {bo.id}, from 127.0.0.1",
        f"admin {admin.id} enabled member {bo.id}, from 127.0.0.1",
    ]


def test_making_and_revoking_invite_links_is_logged(admin, caplog):
    admin.post("/admin/invite-links", uses="many", days="7")
    admin.post("/admin/invite-links/1/revoke")
    assert [each.getMessage() for each in caplog.records] == [
        f"admin {admin.id} made invite link 1, from 127.0.0.1",
        f"admin {admin.id} revoked invite link 1, from 127.0.0.1",
    ]


def test_admin_is_made_and_removed(admin, bo, caplog):
    assert bo.get(LIST).status_code == 404
    assert admin.post(f"{LIST}/{bo.id}/make-admin").location == LIST
    assert bo.get(LIST).status_code == 200
    assert bo.post(f"{LIST}/{admin.id}/remove-admin").location == LIST
    assert admin.get(LIST).status_code == 404
    assert [each.getMessage() for each in caplog.records] == [
        f"admin {admin.id} made member {bo.id} an admin, from 127.0.0.1",
        f"admin {bo.id} removed member {admin.id} from the admins, from 127.0.0.1",
    ]


def test_admin_can_step_down_but_not_the_last(admin, bo):
    answer = admin.post(f"{LIST}/{admin.id}/remove-admin")
    assert (answer.status_code, "the only administrator" in answer.text) == (409, True)
    admin.post(f"{LIST}/{bo.id}/make-admin")
    assert admin.post(f"{LIST}/{admin.id}/remove-admin").location == "/settings/profile"
    assert (state_of(admin), state_of(bo)) == ((False, False), (True, False))


@pytest.mark.parametrize("change", ["disable", "reset-password"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_some_changes_are_not_for_oneself(admin, change, method):
    answer = getattr(admin, method)(f"{LIST}/{admin.id}/{change}")
    assert answer.status_code == 409
    assert "your own" in answer.text
    assert state_of(admin) == (True, False)
    assert f"/{admin.id}/{change}" not in admin.get(LIST).text


@pytest.mark.parametrize("change", CHANGES)
def test_opening_a_change_asks_and_changes_nothing(admin, bo, change):
    before = state_of(bo)
    page = admin.get(f"{LIST}/{bo.id}/{change}")
    assert page.status_code == 200
    assert f'action="{LIST}/{bo.id}/{change}"' in page.text
    assert "Your password" not in page.text
    assert state_of(bo) == before


@pytest.mark.parametrize("change", CHANGES)
def test_change_asks_for_an_old_password(admin, bo, later, change):
    assert admin.token
    later(minutes=20)
    before, path = state_of(bo), f"{LIST}/{bo.id}/{change}"
    assert "Your password" in admin.get(path).text
    assert admin.post(path).status_code == 403
    for wrong, sentence in (("", "Enter your password"), ("wrong", "Incorrect password")):
        answer = admin.post(path, password=wrong)
        assert (answer.status_code, sentence in answer.text) == (422, True)
    assert state_of(bo) == before
    assert admin.post(path, password=PASSWORD).status_code == 303
    assert "Your password" not in admin.get(path).text


@pytest.mark.parametrize("change", [*CHANGES, "enable"])
def test_only_admins_change_members(app, admin, ana, bo, nobody, change):
    """The outsiders are outside: Ada can do it, and Ana and a visitor can't."""
    path, before = f"{LIST}/{bo.id}/{change}", state_of(bo)
    assert ana.post(path).status_code == 404
    assert nobody.post(path).status_code in {400, 401}
    assert ana.post(f"{LIST}/{ana.id}/make-admin").status_code == 404
    assert state_of(bo) == before
    assert admin.post(path).status_code == 303
    assert admin.post(f"{LIST}/9999/{change}").status_code == 404


def test_disabled_member_gets_no_rights(app, admin, bo):
    admin.post(f"{LIST}/{bo.id}/disable")
    for change in ("make-admin", "reset-password"):
        answer = admin.post(f"{LIST}/{bo.id}/{change}")
        assert (answer.status_code, "Enable it first" in answer.text) == (409, True)
    with app.app_context():
        assert db.session.get(Member, bo.id).reset_digest is None
