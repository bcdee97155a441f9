"""Set-up, sign-up, and what an admin does to accounts."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from linkmsg import clock
from linkmsg.actions import accounts, invite_links, sessions
from linkmsg.actions.accounts import NewAccount
from linkmsg.actions.errors import ActionRefused, AlreadyTaken
from linkmsg.db import db
from linkmsg.models import Instance, InviteLink, Member, MemberSession
from tests.people import PASSWORD, sign_in
from tests.support.concurrency import run_together


def count(app, table):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


def account(name="Eve Newcomer", email=""):
    return NewAccount(email or f"{name.split()[0].lower()}@example.com", name, PASSWORD)


def test_set_up_creates_admin_and_names_instance(inside):
    member = accounts.set_up("Harbour", account())
    assert member.is_admin
    assert db.session.scalar(select(Instance.name)) == "Harbour"
    with pytest.raises(ActionRefused):
        accounts.set_up("Another", account("Fay Late"))


def test_concurrent_set_ups_create_one_admin(app):
    names = ["Eve One", "Fay Two", "Gil Three", "Hal Four"]
    results = run_together(app, *(lambda n=n: accounts.set_up(n, account(n)) for n in names))
    assert [isinstance(each, Member) for each in results].count(True) == 1
    assert [type(each) is ActionRefused for each in results].count(True) == 3
    assert count(app, Member) == count(app, Instance) == 1


def test_concurrent_sign_ups_with_one_address_create_one_account(app):
    typed = ["eve@example.com", "EVE@example.com", " eve@Example.com ", "eve@example.com"]
    actions = [lambda e=e: accounts.sign_up(account(email=e)) for e in typed]
    results = run_together(app, *actions)
    assert [isinstance(each, AlreadyTaken) for each in results].count(True) == 3
    assert count(app, Member) == 1


def test_concurrent_sign_ups_with_one_name_all_succeed(app):
    actions = [lambda n=n: accounts.sign_up(account(email=f"eve{n}@example.com")) for n in range(4)]
    results = run_together(app, *actions)
    handles = {"eve-newcomer", "eve-newcomer-2", "eve-newcomer-3", "eve-newcomer-4"}
    assert {each.handle for each in results} == handles


def test_single_use_link_admits_one_of_concurrent_sign_ups(app, admin):
    with app.app_context():
        link = invite_links.make(admin.member(), max_uses=1, days=7)
    actions = [lambda n=n: accounts.sign_up(account(f"Eve{n} One"), link.id) for n in range(8)]
    results = run_together(app, *actions)
    assert [isinstance(each, Member) for each in results].count(True) == 1
    assert count(app, Member) == 2
    with app.app_context():
        assert db.session.get_one(InviteLink, link.id).uses == 1


def test_failed_sign_up_does_not_use_up_link(app, admin):
    with app.app_context():
        link = invite_links.make(admin.member(), max_uses=1, days=7)
        with pytest.raises(AlreadyTaken) as taken:
            accounts.sign_up(account(email=admin.email), link.id)
        assert taken.value.field == "email"
        assert accounts.sign_up(account(), link.id).handle == "eve-newcomer"


def test_unlimited_link_admits_many(app, admin):
    with app.app_context():
        link = invite_links.make(admin.member(), max_uses=None, days=7)
    for name in ("Eve One", "Fay Two", "Gil Three"):
        with app.app_context():
            accounts.sign_up(account(name), link.id)
    assert count(app, Member) == 4


def test_expired_or_revoked_link_admits_nobody(app, admin):
    with time_machine.travel(clock.now(), tick=False) as now, app.app_context():
        week = invite_links.make(admin.member(), max_uses=None, days=7)
        month = invite_links.make(admin.member(), max_uses=None, days=30)
        now.shift(timedelta(days=7) - timedelta(microseconds=1))
        accounts.sign_up(account("Eve One"), week.id)
        now.shift(timedelta(microseconds=1))
        with pytest.raises(ActionRefused):
            accounts.sign_up(account("Fay Two"), week.id)
        accounts.sign_up(account("Gil Three"), month.id)
        invite_links.revoke(month.id)
        with pytest.raises(ActionRefused):
            accounts.sign_up(account("Hal Four"), month.id)
        with pytest.raises(ActionRefused):
            accounts.sign_up(account("Hal Four"), month.id + 1)
    assert count(app, Member) == 3


def test_closed_account_loses_sessions_and_cannot_sign_in(app, ana):
    assert ana.get("/messaging").status_code == 200
    with app.app_context():
        accounts.disable(ana.member())
    assert count(app, MemberSession) == 0
    assert ana.get("/messaging").location.startswith("/sign-in")
    with app.app_context():
        assert sessions.authenticate(ana.email, PASSWORD) is None
        accounts.enable(ana.member())
    assert sign_in(app.test_client(), ana.email).status_code == 303


def test_last_admin_is_neither_disabled_nor_removed(app, admin, ana):
    for act in (accounts.disable, accounts.remove_admin):
        with app.app_context(), pytest.raises(ActionRefused, match="only administrator"):
            act(admin.member())
    with app.app_context():
        accounts.disable(ana.member())
        accounts.remove_admin(ana.member())
        accounts.enable(ana.member())
        accounts.make_admin(ana.member())
        accounts.disable(admin.member())
    with app.app_context(), pytest.raises(ActionRefused, match="only administrator"):
        accounts.remove_admin(ana.member())


def test_admins_who_remove_each_other_leave_one(app, admin, ana):
    with app.app_context():
        accounts.make_admin(ana.member())
    results = run_together(
        app,
        lambda: accounts.remove_admin(ana.member()),
        lambda: accounts.disable(admin.member()),
    )
    assert [isinstance(each, ActionRefused) for each in results].count(True) == 1
    with app.app_context():
        open_admins = select(Member.id).where(Member.is_admin, Member.closed_at.is_(None))
        assert len(db.session.scalars(open_admins).all()) == 1


def test_password_reset_ends_all_sessions(app, ana):
    assert ana.get("/messaging").status_code == 200
    with app.app_context():
        accounts.reset_password(ana.member(), "another harbour")
    assert ana.get("/messaging").location.startswith("/sign-in")
    assert sign_in(app.test_client(), ana.email).status_code == 422
    assert sign_in(app.test_client(), ana.email, "another harbour").status_code == 303
