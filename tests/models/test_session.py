"""Valid sessions: one statement for many agrees with the check of each."""

from datetime import timedelta

import pytest

from linkmsg import clock
from linkmsg.config import settings
from linkmsg.db import db, writing
from linkmsg.models import MemberSession

NOW = clock.now()
A_BIT = timedelta(microseconds=1)


def add_session(person, *, began=NOW, seen=NOW):
    """Add a session of a person; inside an app context."""
    other_values = {"member_id": person.id, "remember": True, "user_agent": "", "address": ""}
    digest = MemberSession.digest(f"{person.id} {began} {seen}")
    session = MemberSession(
        token_digest=digest, created_at=began, last_seen_at=seen, **other_values
    )
    with writing():
        db.session.add(session)
    return session


def alive(*ids):
    return set(db.session.scalars(MemberSession.alive(ids, NOW)))


@pytest.mark.parametrize("moment", ["began", "seen"])
def test_session_expires_exactly_at_its_limit(inside, ana, moment):
    days = {"began": settings.session_life, "seen": settings.session_idle}[moment]
    old = add_session(ana, **{moment: NOW - timedelta(days=days)})
    young = add_session(ana, **{moment: NOW - timedelta(days=days) + A_BIT})
    assert [each.is_alive(NOW) for each in (old, young)] == [False, True]
    assert alive(old.id, young.id) == {young.id}


def test_alive_returns_requested_sessions_of_open_accounts(inside, ana, bo):
    first, second, of_bo = add_session(ana), add_session(ana, began=NOW - A_BIT), add_session(bo)
    assert alive(first.id, of_bo.id, 999) == {first.id, of_bo.id}
    with writing():
        bo.member().closed_at = NOW
    assert alive(first.id, second.id, of_bo.id) == {first.id, second.id}


@pytest.mark.parametrize("days", [-365, 365])
def test_use_of_a_session_is_recorded_though_the_clock_was_set(inside, ana, days):
    session = add_session(ana, seen=NOW + timedelta(days=days))
    assert session.needs_last_seen_update(NOW)
    assert not add_session(ana, seen=NOW - timedelta(minutes=9)).needs_last_seen_update(NOW)
