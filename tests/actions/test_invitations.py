"""The life of an invitation: sent, accepted, replied to, ignored."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from linkmsg.actions import invitations
from linkmsg.actions.errors import NonceReused
from linkmsg.db import db
from linkmsg.models import Participation
from linkmsg.models.thread import Thread
from tests.people import nonce, relationship
from tests.support.relationships import (
    accept,
    ignore,
    invite,
    messages_between,
    read_state,
    refusal_of,
    remove,
    reply,
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


def test_accepting_adds_note_dated_when_sent(ana, cy, in_march):
    invite(ana, cy, NOTE)
    in_march.shift(timedelta(days=2))
    accept(cy, ana)
    assert status_of(ana, cy) == status_of(cy, ana) == "CONNECTED"
    assert messages_between(ana, cy) == [(1, ana.id, NOTE, SENT)]
    assert read_state(cy, ana) == (1, 0)
    assert read_state(ana, cy)[1] == 0


def test_accepting_without_note_adds_notice(ana, cy, in_march):
    invite(ana, cy, "")
    in_march.shift(timedelta(days=2))
    accept(cy, ana)
    [(seq, author, _, at)] = messages_between(ana, cy)
    assert (seq, author, at) == (1, None, SENT + timedelta(days=2))
    assert read_state(cy, ana)[1] == read_state(ana, cy)[1] == 0
    assert "You are now connected." in ana.get("/messaging/1").text


def test_reply_follows_note_which_is_added_once(ana, cy, in_march):
    invite(ana, cy, NOTE)
    in_march.shift(timedelta(hours=1))
    reply(cy, ana, "Who are you?")
    later = SENT + timedelta(hours=1)
    assert messages_between(ana, cy) == [(1, ana.id, NOTE, SENT), (2, cy.id, "Who are you?", later)]
    reply(cy, ana, "Really?")
    accept(cy, ana)
    assert [body for _, _, body, _ in messages_between(ana, cy)][:3] == [
        NOTE,
        "Who are you?",
        "Really?",
    ]
    assert [body for _, _, body, _ in messages_between(ana, cy)].count(NOTE) == 1
    assert read_state(ana, cy)[1] == 2
    assert read_state(cy, ana)[1] == 0


def test_note_gets_next_seq_of_old_conversation(ana, bo, talk, in_march):
    remove(bo, ana)
    invite(ana, bo, NOTE)
    in_march.shift(timedelta(days=1))
    accept(bo, ana)
    assert [seq for seq, *_ in messages_between(ana, bo)] == [1, 2, 3]
    assert messages_between(ana, bo)[2] == (3, ana.id, NOTE, SENT)


def test_repeated_reply_is_one_message(ana, cy):
    id, once = invite(ana, cy, NOTE), nonce()
    with cy.app.app_context():
        first = invitations.reply(cy.member(), id, "Who are you?", once)
        again = invitations.reply(cy.member(), id, "Who are you?", once)
    assert first.id == again.id
    error = refusal_of(invitations.reply, cy, id, "Something else", once)
    assert isinstance(error, NonceReused)
    assert len(messages_between(ana, cy)) == 2


def test_note_is_no_message_before_invitee_answers(ana, cy):
    invite(ana, cy, NOTE)
    assert NOTE in cy.get("/network/invitations").text
    assert ana.get(f"/messaging/new?to={cy.handle}").status_code == 200
    assert messages_between(ana, cy) == []


def shown(person, path):
    """A page, without the label of its snapshot: every page has its own."""
    return re.sub(r' data-snapshot="[^"]+"', "", person.get(path).text)


def test_ignored_inviter_sees_pending_invitation(ana, cy):
    invite(ana, cy, NOTE)
    waiting = shown(ana, "/network/invitations/sent")
    profile = shown(ana, f"/in/{cy.handle}")
    assert cy.handle in waiting
    assert "is pending" in profile
    ignore(cy, ana)
    assert status_of(cy, ana) == "NOT_CONNECTED"
    assert NOTE not in cy.get("/network/invitations").text
    assert shown(ana, "/network/invitations/sent") == waiting
    assert shown(ana, f"/in/{cy.handle}") == profile


def test_ignoring_after_reply_closes_thread_and_keeps_it(ana, cy):
    invite(ana, cy, NOTE)
    reply(cy, ana)
    assert (status_of(ana, cy), status_of(cy, ana)) == ("REPLY_RECEIVED", "REPLY_SENT")
    ignore(cy, ana)
    assert (status_of(ana, cy), status_of(cy, ana)) == ("INVITATION_SENT", "NOT_CONNECTED")
    assert [body for _, _, body, _ in messages_between(ana, cy)] == [NOTE, "Who are you?"]


def test_blocked_inviter_sees_pending_invitation(inside, ana, cy, in_march):
    invite(ana, cy)
    ignore(cy, ana, never_again=True)
    withdraw(ana, cy)
    in_march.shift(timedelta(days=21))
    id = invite(ana, cy, "Please")
    assert (status_of(ana, cy), status_of(cy, ana)) == ("INVITATION_SENT", "NOT_CONNECTED")
    assert "Please" not in cy.get("/network/invitations").text
    assert refusal_of(invitations.accept, cy, id)


def test_invitation_after_ignored_one_is_shown(ana, cy, in_march):
    invite(ana, cy)
    ignore(cy, ana)
    withdraw(ana, cy)
    in_march.shift(timedelta(days=21))
    invite(ana, cy, "Please")
    assert status_of(cy, ana) == "INVITATION_RECEIVED"


def test_mutual_invitations_connect_members(ana, cy, in_march):
    invite(ana, cy, NOTE)
    in_march.shift(timedelta(hours=1))
    invite(cy, ana, "I was about to ask you")
    assert status_of(ana, cy) == "CONNECTED"
    assert [body for _, _, body, _ in messages_between(ana, cy)] == [NOTE, "I was about to ask you"]
    assert messages_between(ana, cy)[0][3] == SENT
    assert cy.handle not in ana.get("/network/invitations/sent").text


def test_second_note_of_mutual_invitations_is_unread(ana, cy):
    invite(ana, cy, NOTE)
    invite(cy, ana, "I was about to ask you")
    assert read_state(cy, ana)[1] == 0
    assert read_state(ana, cy)[1] == 1


def test_mutual_invitations_without_notes_add_notice(ana, cy):
    invite(ana, cy, "")
    invite(cy, ana, "")
    assert [author for _, author, _, _ in messages_between(ana, cy)] == [None]


def test_inviting_ignored_inviter_connects_members(ana, cy):
    invite(ana, cy, NOTE)
    ignore(cy, ana, never_again=True)
    invite(cy, ana, "")
    assert status_of(ana, cy) == "CONNECTED"


def test_thread_shows_note_before_reply(ana, cy, in_march):
    invite(ana, cy, NOTE)
    in_march.shift(timedelta(days=1))
    reply(cy, ana)
    with cy.app.app_context():
        now = relationship(cy, ana)
        found = db.session.execute(*Participation.of(cy.member(), now.conversation_id)).one()
        entries = Thread.newest(*found, now).entries
    assert [entry.message.body for entry in entries] == [NOTE, "Who are you?"]
    assert [entry.is_first_of_day for entry in entries] == [True, True]
