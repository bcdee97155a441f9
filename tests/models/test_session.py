"""Which sessions are alive: many are told by one statement, as each is by itself."""

from datetime import timedelta

import pytest

from linkmsg import clock
from linkmsg.config import settings
from linkmsg.db import db, writing
from linkmsg.models import MemberSession

NOW = clock.now()
A_BIT = timedelta(microseconds=1)


def kept(person, *, began=NOW, seen=NOW):
    """A session of somebody, within the app."""
    of_hers = {"member_id": person.id, "remember": True, "user_agent": "", "address": ""}
    digest = MemberSession.digest(f"{person.id} {began} {seen}")
    session = MemberSession(token_digest=digest, created_at=began, last_seen_at=seen, **of_hers)
    with writing():
        db.session.add(session)
    return session


def alive(*ids):
    return set(db.session.scalars(MemberSession.alive(ids, NOW)))


@pytest.mark.parametrize("moment", ["began", "seen"])
def test_session_expires_exactly_at_its_limit(inside, ana, moment):
    days = {"began": settings.session_life, "seen": settings.session_idle}[moment]
    old = kept(ana, **{moment: NOW - timedelta(days=days)})
    young = kept(ana, **{moment: NOW - timedelta(days=days) + A_BIT})
    assert [each.is_alive(NOW) for each in (old, young)] == [False, True]
    assert alive(old.id, young.id) == {young.id}


def test_alive_returns_requested_sessions_of_open_accounts(inside, ana, bo):
    hers, other, his = kept(ana), kept(ana, began=NOW - A_BIT), kept(bo)
    assert alive(hers.id, his.id, 999) == {hers.id, his.id}
    with writing():
        bo.member().closed_at = NOW
    assert alive(hers.id, other.id, his.id) == {hers.id, other.id}
