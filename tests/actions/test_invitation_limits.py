"""Limits of invitations and notes; a refused form keeps what was typed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from linkmsg.actions.errors import LimitReached
from linkmsg.config import Settings
from linkmsg.db import db
from linkmsg.models import Invitation
from tests import people
from tests.support.relationships import invite, withdraw

DAY, WEEK = timedelta(days=1), timedelta(days=7)
START = datetime(2026, 3, 10, 9, tzinfo=UTC)


@pytest.fixture
def now():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def low_limits(settings, app):
    """Lower the limits to three a day and five a week, so that a few guests reach them."""
    app.extensions["linkmsg"] = replace(settings, invitations_daily=3, invitations_weekly=5)


@pytest.fixture
def guests(app, ana, low_limits):
    return [people.join(app, f"Guest{n} Brown") for n in range(8)]


def invitation_count(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Invitation)) or 0


def test_default_invitation_limits(tmp_path):
    defaults = Settings(data_dir=tmp_path)
    assert (defaults.invitations_daily, defaults.invitations_weekly, defaults.note_max) == (
        50,
        100,
        300,
    )
    assert (defaults.withdrawn_wait, defaults.invitation_life) == (21, 6)


def test_daily_limit_ends_a_day_after_oldest_invitation(app, ana, guests, now):
    for guest in guests[:3]:
        invite(ana, guest)
        now.shift(timedelta(hours=1))
    with pytest.raises(LimitReached) as refusal:
        invite(ana, guests[3])
    assert refusal.value.retry_at == START + DAY
    assert invitation_count(app) == 3
    now.move_to(START + DAY - timedelta(microseconds=1))
    with pytest.raises(LimitReached):
        invite(ana, guests[3])
    now.move_to(START + DAY)
    invite(ana, guests[3])
    assert invitation_count(app) == 4


def test_weekly_limit_ends_a_week_after_oldest_invitation(app, ana, guests, now):
    for n, guest in enumerate(guests[:5]):
        now.move_to(START + n * DAY)
        invite(ana, guest)
    with pytest.raises(LimitReached) as refusal:
        invite(ana, guests[5])
    assert refusal.value.retry_at == START + WEEK
    now.move_to(START + WEEK)
    invite(ana, guests[5])


def test_later_of_two_reached_limits_counts(app, ana, guests, now):
    for guest in guests[:2]:
        invite(ana, guest)
    now.move_to(START + 2 * DAY)
    for guest in guests[2:5]:
        invite(ana, guest)
    with pytest.raises(LimitReached) as refusal:
        invite(ana, guests[5])
    assert refusal.value.retry_at == START + WEEK


def test_withdrawn_invitation_counts_towards_limit(app, ana, guests, now):
    for guest in guests[:3]:
        invite(ana, guest)
    withdraw(ana, guests[0])
    with pytest.raises(LimitReached):
        invite(ana, guests[3])


def test_limit_applies_to_each_member_separately(app, ana, guests, now):
    for guest in guests[:3]:
        invite(ana, guest)
    invite(guests[0], guests[3])
    assert invitation_count(app) == 4


def test_limit_page_shows_retry_time_and_keeps_note(ana, guests, now):
    for guest in guests[:3]:
        invite(ana, guest)
    answer = ana.post(f"/in/{guests[3].handle}/connect", note="We met in Lund")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == str(24 * 60 * 60)
    assert "11 March 2026, 09:00" in answer.text
    assert "We met in Lund" in answer.text


@pytest.mark.parametrize(("length", "status"), [(300, 303), (301, 422)])
def test_note_has_at_most_300_characters(app, ana, cy, length, status):
    note = "\N{GRINNING FACE}" * length
    answer = ana.post(f"/in/{cy.handle}/connect", note=note)
    assert answer.status_code == status
    assert invitation_count(app) == (1 if status == 303 else 0)
    assert status == 303 or note in answer.text


def test_crlf_in_note_counts_as_one_character(app, ana, cy):
    note = "a\r\n" * 149 + "ab"
    assert ana.post(f"/in/{cy.handle}/connect", note=note).status_code == 303


def test_invisible_note_is_empty(app, ana, cy):
    ana.post(f"/in/{cy.handle}/connect", note=" \u200b\u2060 ")
    with app.app_context():
        assert db.session.scalars(select(Invitation.note)).one() == ""


def test_member_cannot_invite_themselves(app, ana):
    answer = ana.post(f"/in/{ana.handle}/connect", note="Hello me")
    assert answer.status_code == 409
    assert "yourself" in answer.text
    assert "Hello me" in answer.text
    assert invitation_count(app) == 0


@pytest.mark.parametrize(("ahead", "is_limited"), [(timedelta(hours=1), True), (2 * WEEK, False)])
def test_limits_when_the_clock_was_ahead(ana, guests, now, ahead, is_limited):
    now.move_to(START + ahead)
    for guest in guests[:3]:
        invite(ana, guest)
    now.move_to(START)
    if not is_limited:
        invite(ana, guests[3])
        return
    with pytest.raises(LimitReached) as refusal:
        invite(ana, guests[3])
    assert refusal.value.retry_at == START + DAY


@pytest.mark.parametrize(("ahead", "waits"), [(timedelta(hours=1), True), (4 * WEEK, False)])
def test_wait_after_withdrawal_when_the_clock_was_ahead(ana, cy, now, ahead, waits):
    now.move_to(START + ahead)
    invite(ana, cy)
    withdraw(ana, cy)
    now.move_to(START)
    if not waits:
        invite(ana, cy)
        return
    with pytest.raises(LimitReached) as refusal:
        invite(ana, cy)
    assert refusal.value.retry_at == START + 3 * WEEK
