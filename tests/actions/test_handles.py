"""Handles: made from names, unique, and redirected after a change."""

from datetime import timedelta

import pytest
import time_machine

from linkmsg import clock
from linkmsg.actions import accounts, profile
from linkmsg.actions.errors import AlreadyTaken
from linkmsg.actions.profile import Profile
from linkmsg.models import Member
from tests import people
from tests.support.concurrency import run_together


def change_handle(person, handle):
    with person.app.app_context():
        profile.edit(person.member(), Profile(person.name, handle))


@pytest.mark.parametrize(
    ("name", "handle"),
    [
        ("Ana Ruiz", "ana-ruiz"),
        ("  José  Ñáñez ", "jose-nanez"),
        ("Søren Łukasz", "soren-lukasz"),
        ("Straße Æsir", "strasse-aesir"),
        ("O'Brien, Pat (she)", "o-brien-pat-she"),
        ("李小龍", "member"),
        ("Al", "member-al"),
        ("李 Al", "member-al"),
        ("-- --", "member"),
        ("Ana Maria Fernanda Guadalupe Ruiz", "ana-maria-fernanda-guadalu"),
        ("Ana Maria Fernanda Guadalu Ruiz de Lima", "ana-maria-fernanda-guadalu"),
        ("R2D2", "r2d2"),
    ],
)
def test_handle_is_made_from_name(name, handle):
    assert Member.handle_from(name) == handle
    assert Member.is_handle(handle)


@pytest.mark.parametrize(
    ("handle", "fits"),
    [
        ("abc", True),
        ("a" * 30, True),
        ("a-1", True),
        ("ab", False),
        ("a" * 31, False),
        ("Abc", False),
        ("a_b", False),
        ("ána", False),
        ("abc\n", False),
        ("", False),
    ],
)
def test_handle_has_3_to_30_letters_digits_or_hyphens(handle, fits):
    assert Member.is_handle(handle) is fits


def test_members_with_same_name_get_different_handles(app):
    with app.app_context():
        made = [
            accounts.add_member(f"{n}@example.com", "Ana Maria Fernanda Guadalupe", people.PASSWORD)
            for n in range(12)
        ]
    handles = [each.handle for each in made]
    assert len(set(handles)) == 12
    assert all(Member.is_handle(each) for each in handles)
    assert handles[:3] == [
        "ana-maria-fernanda-guadalu",
        "ana-maria-fernanda-guadalu-2",
        "ana-maria-fernanda-guadalu-3",
    ]


def test_handle_of_another_member_is_refused(app, ana, bo):
    with pytest.raises(AlreadyTaken) as error:
        change_handle(bo, ana.handle)
    assert error.value.field == "handle"


def test_old_handle_redirects_and_is_reserved_for_90_days(app, ana, bo):
    with time_machine.travel(clock.now(), tick=False) as now:
        change_handle(ana, "ana-the-first")
        assert bo.get("/in/ana-ruiz").location == "/in/ana-the-first"
        now.shift(timedelta(days=90) - timedelta(microseconds=1))
        with pytest.raises(AlreadyTaken):
            change_handle(bo, "ana-ruiz")
        with app.app_context():
            assert accounts.available_handle("ana-ruiz") == "ana-ruiz-2"
    with time_machine.travel(clock.now() + timedelta(days=90), tick=False):
        late = people.join(app, "Dee Duarte")
        assert late.get("/in/ana-ruiz").status_code == 404
        change_handle(bo, "ana-ruiz")
        assert late.get("/in/ana-ruiz").status_code == 200


def test_owner_can_take_old_handle_back(app, ana, bo):
    change_handle(ana, "ana-the-first")
    change_handle(ana, "ana-ruiz")
    assert bo.get("/in/ana-ruiz").status_code == 200
    assert bo.get("/in/ana-the-first").location == "/in/ana-ruiz"


def test_chain_of_old_handles_redirects_to_newest(app, ana, bo):
    change_handle(ana, "ana-two")
    change_handle(ana, "ana-three")
    for old in ("ana-ruiz", "ana-two"):
        assert bo.get(f"/in/{old}").location == "/in/ana-three"


def test_concurrent_handle_changes_have_one_winner(app, ana, bo, cy):
    def change(person):
        return lambda: profile.edit(person.member(), Profile(person.name, "the-one"))

    results = run_together(app, change(ana), change(bo), change(cy))
    assert [isinstance(each, AlreadyTaken) for each in results].count(True) == 2
