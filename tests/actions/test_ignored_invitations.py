"""Undoing that an invitation was ignored."""

from datetime import timedelta

import pytest
import time_machine

from linkmsg import clock
from linkmsg.actions import invitations
from tests.support.relationships import (
    accept,
    close_account,
    ignore,
    invite,
    refusal_of,
    reply,
    status_of,
    withdraw,
)

LATER = timedelta(days=22)


def undo(person, invitation_id):
    """Undo that a person ignored an invitation."""
    with person.app.app_context():
        return invitations.undo_ignore(person.member(), invitation_id)


@pytest.mark.parametrize("never_again", [False, True])
def test_undone_ignore_shows_the_invitation_again(ana, cy, never_again):
    id = invite(ana, cy)
    ignore(cy, ana, never_again=never_again)
    for _ in range(2):  # also when it is undone twice
        undo(cy, id)
        assert status_of(cy, ana) == "INVITATION_RECEIVED"
        assert status_of(ana, cy) == "INVITATION_SENT"
    accept(cy, ana)
    assert status_of(ana, cy) == "CONNECTED"


def test_undone_block_lets_later_invitations_through(ana, cy):
    id = invite(ana, cy)
    ignore(cy, ana, never_again=True)
    undo(cy, id)
    withdraw(ana, cy)
    with time_machine.travel(clock.now() + LATER):
        invite(ana, cy)
        assert status_of(cy, ana) == "INVITATION_RECEIVED"


def test_undone_ignore_opens_the_thread_again(ana, cy):
    id = invite(ana, cy)
    reply(cy, ana)
    ignore(cy, ana)
    assert status_of(ana, cy) == "INVITATION_SENT"
    undo(cy, id)
    assert (status_of(ana, cy), status_of(cy, ana)) == ("REPLY_RECEIVED", "REPLY_SENT")


def test_invitation_ignored_by_an_older_block_stays_hidden(ana, cy):
    invite(ana, cy)
    ignore(cy, ana, never_again=True)
    withdraw(ana, cy)
    with time_machine.travel(clock.now() + LATER):
        id = invite(ana, cy)
        assert refusal_of(invitations.undo_ignore, cy, id)
        assert status_of(cy, ana) == "NOT_CONNECTED"


@pytest.mark.parametrize("then", [withdraw, lambda ana, cy: close_account(ana)])
def test_ended_invitation_can_not_be_restored(ana, cy, then):
    id = invite(ana, cy)
    ignore(cy, ana)
    then(ana, cy)
    assert refusal_of(invitations.undo_ignore, cy, id)
    assert status_of(cy, ana) in {"NOT_CONNECTED", "ACCOUNT_CLOSED"}


def test_expired_invitation_can_not_be_restored(ana, cy):
    id = invite(ana, cy)
    ignore(cy, ana)
    with time_machine.travel(clock.now() + timedelta(days=214)):
        assert refusal_of(invitations.undo_ignore, cy, id)
        assert status_of(cy, ana) == "NOT_CONNECTED"


def test_only_the_invitee_restores_an_invitation(ana, bo, cy):
    id = invite(ana, cy)
    ignore(cy, ana)
    for person in (ana, bo):
        assert refusal_of(invitations.undo_ignore, person, id)
    assert status_of(cy, ana) == "NOT_CONNECTED"
