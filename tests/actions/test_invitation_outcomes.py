"""Invitations that end unanswered: withdrawn, lapsed, or from a closed account."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from linkmsg.actions import invitations
from linkmsg.actions.errors import LimitReached
from tests import people
from tests.people import nonce
from tests.support.relationships import (
    accept,
    close_account,
    invite,
    refusal_of,
    status_of,
    withdraw,
)

SENT = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
NOTE = "We met in Lund"


@pytest.fixture(autouse=True)
def in_march():
    """Freeze the time on 10 March 2026."""
    with time_machine.travel(SENT, tick=False) as traveller:
        yield traveller


def test_withdrawn_invitation_can_be_repeated_after_21_days(ana, cy, in_march):
    invite(ana, cy)
    withdraw(ana, cy)
    retry_at = SENT + timedelta(days=21)
    in_march.move_to(retry_at - timedelta(microseconds=1))
    with pytest.raises(LimitReached) as refusal:
        invite(ana, cy)
    assert refusal.value.retry_at == retry_at
    in_march.move_to(retry_at)
    invite(ana, cy)
    assert status_of(ana, cy) == "INVITATION_SENT"


def test_withdrawal_delays_only_that_inviter_and_invitee(ana, bo, cy):
    dee = people.join(ana.app, "Dee Duarte")
    invite(ana, cy)
    withdraw(ana, cy)
    invite(ana, dee)
    invite(cy, ana)
    assert (status_of(ana, dee), status_of(ana, cy)) == ("INVITATION_SENT", "INVITATION_RECEIVED")
    accept(ana, cy)
    assert status_of(ana, cy) == "CONNECTED"


@pytest.mark.parametrize(
    ("sent", "lapses"),
    [
        ("2026-03-10", "2026-09-10"),
        ("2025-08-15", "2026-02-15"),
        ("2025-12-31", "2026-07-01"),
        ("2025-08-31", "2026-03-01"),
    ],
)
def test_invitation_lapses_after_six_calendar_months(inside, ana, cy, in_march, sent, lapses):
    in_march.move_to(datetime.fromisoformat(f"{sent}T09:30:00+00:00"))
    id = invite(ana, cy, NOTE)
    until = datetime.fromisoformat(f"{lapses}T09:30:00+00:00")
    if lapses.endswith("-01"):
        until = until.replace(hour=0, minute=0)
    in_march.move_to(until - timedelta(microseconds=1))
    assert (status_of(ana, cy), status_of(cy, ana)) == ("INVITATION_SENT", "INVITATION_RECEIVED")
    in_march.move_to(until)
    assert (status_of(ana, cy), status_of(cy, ana)) == ("NOT_CONNECTED", "NOT_CONNECTED")
    assert refusal_of(invitations.accept, cy, id)
    assert refusal_of(invitations.withdraw, ana, id)


def test_lapsed_invitation_is_unlisted_and_can_be_repeated(ana, cy, in_march):
    invite(ana, cy, NOTE)
    in_march.move_to(SENT.replace(month=9))
    assert NOTE not in cy.get("/network/invitations").text
    assert cy.handle not in ana.get("/network/invitations/sent").text
    invite(ana, cy, "Once more")
    assert status_of(cy, ana) == "INVITATION_RECEIVED"


def test_inviting_back_after_lapse_does_not_connect(ana, cy, in_march):
    invite(ana, cy, NOTE)
    in_march.move_to(SENT.replace(month=9))
    invite(cy, ana, "Hello")
    assert status_of(ana, cy) == "INVITATION_RECEIVED"


def test_only_invitee_answers_and_only_inviter_withdraws(ana, cy):
    dee = people.join(ana.app, "Dee Duarte")
    id = invite(ana, cy)
    assert status_of(dee, cy) == "NOT_CONNECTED"
    for person in (ana, dee):
        assert refusal_of(invitations.accept, person, id)
        assert refusal_of(invitations.ignore, person, id)
        assert refusal_of(invitations.reply, person, id, "Hello", nonce())
    for person in (cy, dee):
        assert refusal_of(invitations.withdraw, person, id)
    assert status_of(cy, ana) == "INVITATION_RECEIVED"


def test_invitation_from_closed_account_cannot_be_accepted(ana, cy):
    id = invite(ana, cy)
    close_account(ana)
    assert refusal_of(invitations.accept, cy, id)
