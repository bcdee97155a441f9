"""Connecting from the command line, and answers that come twice or after second thoughts."""

from datetime import timedelta

import pytest
import time_machine

from linkmsg import clock
from linkmsg.actions import accounts, connections, invitations
from linkmsg.actions.errors import ActionRefused, NonceReused
from linkmsg.db import db
from linkmsg.models import Invitation
from tests.people import connect, nonce, talk
from tests.support.relationships import (
    accept,
    ignore,
    invite,
    messages_between,
    read_state,
    remove,
    status_of,
)

NOTE = "We met in Lund"


def outcome(app):
    with app.app_context():
        return db.session.query(Invitation).one().outcome


def test_connecting_accepts_an_open_invitation_with_its_note(app, ana, cy):
    invite(ana, cy, NOTE)
    connect(cy, ana)
    assert status_of(ana, cy) == "CONNECTED"
    assert [body for _, _, body, _ in messages_between(ana, cy)] == [NOTE]
    assert outcome(app) == "accepted"


def test_connecting_closes_an_invitation_that_lapsed_as_lapsed(app, ana, cy):
    invite(ana, cy, NOTE)
    with time_machine.travel(clock.now() + timedelta(days=400)):
        connect(ana, cy)
    assert status_of(ana, cy) == "CONNECTED"
    assert outcome(app) == "lapsed"
    assert messages_between(ana, cy) == []


def test_connecting_twice_changes_nothing(ana, bo):
    connect(ana, bo)
    connect(bo, ana)
    assert status_of(ana, bo) == "CONNECTED"


def test_a_closed_account_is_not_connected(inside, ana, bo):
    accounts.disable(bo.member())
    with pytest.raises(ActionRefused, match="closed"):
        connections.connect(ana.member(), bo.member())


def test_a_closed_account_that_had_invited_is_not_invited_back(inside, ana, cy):
    invite(cy, ana)
    accounts.disable(cy.member())
    with pytest.raises(ActionRefused, match="closed"):
        invitations.invite(ana.member(), cy.member(), "")


def test_accepting_twice_is_accepting_once(inside, ana, cy):
    id = invite(ana, cy, NOTE)
    first = invitations.accept(cy.member(), id)
    assert invitations.accept(cy.member(), id).id == first.id
    assert [body for _, _, body, _ in messages_between(ana, cy)] == [NOTE]
    with pytest.raises(ActionRefused):
        invitations.accept(ana.member(), id)


def test_a_reply_that_comes_again_after_accepting_finds_itself(inside, ana, cy):
    id, once = invite(ana, cy, NOTE), nonce()
    sent = invitations.reply(cy.member(), id, "Hello", once)
    invitations.accept(cy.member(), id)
    assert invitations.reply(cy.member(), id, "Hello", once).id == sent.id
    with pytest.raises(NonceReused):
        invitations.reply(cy.member(), id, "Something else", once)


def test_who_invites_somebody_wants_her_invitations_again(app, ana, cy):
    invite(ana, cy, NOTE)
    ignore(cy, ana, never_again=True)
    invite(cy, ana)
    assert status_of(ana, cy) == "CONNECTED"
    remove(ana, cy)
    invite(ana, cy, NOTE)
    assert status_of(cy, ana) == "INVITATION_RECEIVED"


def test_a_note_waits_behind_older_messages_that_wait(app, ana, bo):
    talk(bo, ana, "one", "two", "three")
    remove(ana, bo)
    invite(bo, ana, NOTE)
    accept(ana, bo)
    assert read_state(ana, bo)[1] == 4
