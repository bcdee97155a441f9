"""Connect from the command line; answer an invitation twice; invite after ignoring."""

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


def test_connecting_accepts_open_invitation_with_note(app, ana, cy):
    invite(ana, cy, NOTE)
    connect(cy, ana)
    assert status_of(ana, cy) == "CONNECTED"
    assert [body for _, _, body, _ in messages_between(ana, cy)] == [NOTE]
    assert outcome(app) == "accepted"


def test_connecting_closes_lapsed_invitation_as_lapsed(app, ana, cy):
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


def test_closed_account_cannot_be_connected(inside, ana, bo):
    accounts.disable(bo.member())
    with pytest.raises(ActionRefused, match="closed"):
        connections.connect(ana.member(), bo.member())


def test_inviter_with_closed_account_cannot_be_invited(inside, ana, cy):
    invite(cy, ana)
    accounts.disable(cy.member())
    with pytest.raises(ActionRefused, match="closed"):
        invitations.invite(ana.member(), cy.member(), "")


def test_accepting_twice_returns_same_conversation(inside, ana, cy):
    id = invite(ana, cy, NOTE)
    first = invitations.accept(cy.member(), id)
    assert invitations.accept(cy.member(), id).id == first.id
    assert [body for _, _, body, _ in messages_between(ana, cy)] == [NOTE]
    with pytest.raises(ActionRefused):
        invitations.accept(ana.member(), id)


def test_repeated_reply_after_accepting_returns_same_message(inside, ana, cy):
    id, once = invite(ana, cy, NOTE), nonce()
    sent = invitations.reply(cy.member(), id, "Hello", once)
    invitations.accept(cy.member(), id)
    assert invitations.reply(cy.member(), id, "Hello", once).id == sent.id
    with pytest.raises(NonceReused):
        invitations.reply(cy.member(), id, "Something else", once)


def test_inviting_blocked_member_unblocks_their_invitations(app, ana, cy):
    invite(ana, cy, NOTE)
    ignore(cy, ana, never_again=True)
    invite(cy, ana)
    assert status_of(ana, cy) == "CONNECTED"
    remove(ana, cy)
    invite(ana, cy, NOTE)
    assert status_of(cy, ana) == "INVITATION_RECEIVED"


def test_note_after_unread_messages_is_unread(app, ana, bo):
    talk(bo, ana, "one", "two", "three")
    remove(ana, bo)
    invite(bo, ana, NOTE)
    accept(ana, bo)
    assert read_state(ana, bo)[1] == 4
