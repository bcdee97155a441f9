"""Concurrent actions on one invitation or one connection."""

from sqlalchemy import func, select

from linkmsg.actions import connections, invitations
from linkmsg.actions.errors import ActionRefused
from linkmsg.db import db
from linkmsg.models import Connection, Conversation, Invitation
from tests.people import nonce
from tests.support.concurrency import run_together
from tests.support.relationships import invite, messages_between, status_of

NOTE = "We met in Lund"


def count(app, table):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table))


def test_concurrent_mutual_invitations_connect_members(app, ana, cy):
    results = run_together(
        app,
        lambda: invitations.invite(ana.member(), cy.member(), "From Ana"),
        lambda: invitations.invite(cy.member(), ana.member(), "From Cy"),
    )
    assert all(isinstance(each, Invitation) for each in results)
    assert status_of(ana, cy) == "CONNECTED"
    assert count(app, Invitation) == 1
    assert {body for _, _, body, _ in messages_between(ana, cy)} == {"From Ana", "From Cy"}


def test_concurrent_invitations_are_sent_once(app, ana, cy):
    actions = [lambda: invitations.invite(ana.member(), cy.member(), NOTE)] * 3
    results = run_together(app, *actions)
    assert [isinstance(each, ActionRefused) for each in results].count(True) == 2
    assert count(app, Invitation) == 1


def test_concurrent_answers_add_note_once(app, ana, cy):
    id = invite(ana, cy, NOTE)
    actions = [lambda: invitations.reply(cy.member(), id, "Hello", nonce())] * 2
    actions += [lambda: invitations.accept(cy.member(), id)] * 2
    results = run_together(app, *actions)
    assert len({each.id for each in results if isinstance(each, Conversation)}) == 1
    assert status_of(ana, cy) == "CONNECTED"
    bodies = [body for _, _, body, _ in messages_between(ana, cy)]
    assert bodies.count(NOTE) == 1
    assert bodies[0] == NOTE


def test_concurrent_accept_and_withdraw_have_one_winner(app, ana, cy):
    id = invite(ana, cy, NOTE)
    accepted, withdrawn = run_together(
        app,
        lambda: invitations.accept(cy.member(), id),
        lambda: invitations.withdraw(ana.member(), id),
    )
    assert isinstance(accepted, ActionRefused) is not isinstance(withdrawn, ActionRefused)
    connected = not isinstance(accepted, ActionRefused)
    assert status_of(ana, cy) == ("CONNECTED" if connected else "NOT_CONNECTED")
    assert len(messages_between(ana, cy)) == (1 if connected else 0)


def test_concurrent_connects_create_one_connection(app, ana, cy):
    actions = [
        lambda: connections.connect(ana.member(), cy.member()),
        lambda: connections.connect(cy.member(), ana.member()),
    ]
    assert run_together(app, *actions, *actions) == [None] * 4
    assert count(app, Connection) == 2


def test_concurrent_removals_keep_messages(app, ana, bo, talk):
    before = messages_between(ana, bo)
    actions = [
        lambda: connections.remove(ana.member(), bo.member()),
        lambda: connections.remove(bo.member(), ana.member()),
    ]
    assert run_together(app, *actions) == [None, None]
    assert count(app, Connection) == 0
    assert messages_between(ana, bo) == before


def test_connecting_removes_open_invitation_from_lists(app, ana, cy):
    invite(ana, cy, NOTE)
    with app.app_context():
        connections.connect(cy.member(), ana.member())
    assert status_of(ana, cy) == "CONNECTED"
    assert NOTE not in cy.get("/network/invitations").text
    assert cy.handle not in ana.get("/network/invitations/sent").text
