"""Who may write to whom: every relationship, on every route that sends a message."""

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from linkmsg.db import db
from linkmsg.models import Conversation, Message
from tests import people
from tests.people import Person, nonce, relationship
from tests.support.relationships import (
    CASES,
    RelationshipCase,
    close_account,
    newest_invitation,
    remove,
)

TEXT = "Are you free on Friday?"
COMPOSER = '<form class="composer"'
every_case = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


@pytest.fixture
def viewer(app: Flask) -> Person:
    """The member who tries to write."""
    return people.join(app, "Ana Ruiz")


@pytest.fixture
def other(case: RelationshipCase, app: Flask, viewer: Person) -> Person:
    """The member whom the viewer writes to."""
    return viewer if case.is_self else people.join(app, "Cy Stranger")


def old_conversation(viewer: Person, other: Person) -> int:
    """Return a conversation of two people who are no longer connected."""
    if viewer is other:
        return people.talk(viewer, viewer, "A note of my own")
    people.connect(viewer, other)
    id = people.talk(other, viewer, "When we knew each other")
    remove(viewer, other)
    return id


def set_up(case: RelationshipCase, viewer: Person, other: Person) -> None:
    """Set up the relationship, and check that the model agrees with the table."""
    case.setup(viewer, other)
    with viewer.app.app_context():
        now = relationship(viewer, other)
        assert (now.status.name, now.can_write) == (case.status, case.can_write)
        assert other is viewer or case.status == "ACCOUNT_CLOSED" or now.degree.label == case.degree


def count_rows(app: Flask) -> tuple[int, int]:
    """Return the number of messages and of conversations."""
    with app.app_context():
        return tuple(
            db.session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Message, Conversation)
        )


def check_answer(app: Flask, answer: TestResponse, before: tuple[int, int], expected: int) -> None:
    """Check the status; expect one new message, or no change and the text in the answer."""
    assert answer.status_code == expected
    if expected < 400:
        assert count_rows(app)[0] == before[0] + 1
    else:
        assert count_rows(app) == before
        assert TEXT in answer.text


@every_case
def test_thread_has_composer_and_accepts_if_member_can_write(case, app, viewer, other):
    id = old_conversation(viewer, other)
    set_up(case, viewer, other)
    for partial in (False, True):
        shown = viewer.get(f"/messaging/{id}", partial=partial)
        assert shown.status_code == 200
        assert (COMPOSER in shown.text) is case.can_write
        assert ("A note of my own" if case.is_self else "When we knew each other") in shown.text
    for partial in (False, True):
        before = count_rows(app)
        answer = viewer.send(id, TEXT, partial=partial)
        refused, accepted = 403, 200 if partial else 303
        check_answer(app, answer, before, accepted if case.can_write else refused)
    send_from_compose(case, app, viewer, other)


@every_case
def test_compose_has_composer_and_accepts_if_member_can_write(case, app, viewer, other):
    set_up(case, viewer, other)
    with app.app_context():
        conversation_id = relationship(viewer, other).conversation_id
    for partial in (False, True):
        shown = viewer.get(f"/messaging/new?to={other.handle}", partial=partial)
        if case.status == "ACCOUNT_CLOSED":
            assert shown.status_code == 404
        elif conversation_id:
            assert shown.location == f"/messaging/{conversation_id}"
        else:
            assert shown.status_code == 200
            assert (COMPOSER in shown.text) is case.can_write
    send_from_compose(case, app, viewer, other)


def send_from_compose(case: RelationshipCase, app: Flask, viewer: Person, other: Person) -> None:
    """Send a message from the compose page, and check that only who can write may."""
    before = count_rows(app)
    answer = viewer.post("/messaging/new", to=other.handle, body=TEXT, nonce=nonce())
    refused = 404 if case.status == "ACCOUNT_CLOSED" else 403
    check_answer(app, answer, before, 303 if case.can_write else refused)


@every_case
def test_only_invitee_can_reply_to_invitation(case, app, viewer, other):
    set_up(case, viewer, other)
    with app.app_context():
        id = newest_invitation(other, viewer) or newest_invitation(viewer, other)
    before = count_rows(app)
    form = viewer.get(f"/network/invitations/{id or 1}/reply")
    assert form.status_code == (200 if case.can_reply else 404)
    answer = viewer.post(f"/network/invitations/{id or 1}/reply", body=TEXT, nonce=nonce())
    if case.can_reply:
        assert answer.status_code == 303
        assert TEXT in viewer.get(answer.location).text
    else:
        check_answer(app, answer, before, 409 if id else 404)


def test_non_participant_gets_404_on_every_route(app, talk, cy):
    assert participation_count(app, cy, talk) == 0
    before = count_rows(app)
    for path in ("", "/after?revision=0", "/before?seq=9", "/later?seq=1", "/seen?seq=1"):
        for partial in (False, True):
            assert cy.get(f"/messaging/{talk}{path}", partial=partial).status_code == 404
    check_answer(app, cy.send(talk, TEXT), before, 404)
    assert cy.post(f"/messaging/{talk}/read", seq=1).status_code == 404
    assert cy.post(f"/messaging/{talk}/unread").status_code == 404
    assert count_rows(app) == before


def participation_count(app: Flask, person: Person, conversation_id: int) -> int:
    """Return how often a person takes part in a conversation."""
    with app.app_context():
        found = db.session.get_one(Conversation, conversation_id)
        return [found.low_id, found.high_id].count(person.id)


def test_open_page_of_closed_account_cannot_send(app, ana, bo, talk):
    assert ana.send(talk, "Before").status_code == 303
    before = count_rows(app)
    close_account(ana)
    check_answer(app, ana.send(talk, TEXT), before, 401)


def test_refused_message_is_answered_with_invitation_form(app, ana, cy):
    answer = ana.post("/messaging/new", to=cy.handle, body=TEXT, nonce=nonce())
    assert 'id="connect-form"' in answer.text
    assert f">\n{TEXT}</textarea>" in answer.text


def test_text_too_long_for_note_is_kept_beside_form(app, ana, cy):
    long = "All of this took me an hour. " * 20
    answer = ana.post("/messaging/new", to=cy.handle, body=long, nonce=nonce())
    assert answer.status_code == 403
    assert long.strip() in answer.text
