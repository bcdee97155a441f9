"""The table "Who may write to whom", row by row, on every way in."""

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from linkmsg.db import db
from linkmsg.models import Conversation, Message
from tests import people
from tests.people import Person, nonce, relationship
from tests.support.relationships import ROWS, Row, close_account, newest_invitation, remove

TEXT = "Are you free on Friday?"
COMPOSER = '<form class="composer"'
every_row = pytest.mark.parametrize("row", ROWS, ids=[row.sentence for row in ROWS])


@pytest.fixture
def she(app: Flask) -> Person:
    """The one who wants to write."""
    return people.join(app, "Ana Ruiz")


@pytest.fixture
def he(row: Row, app: Flask, she: Person) -> Person:
    """The one she wants to write to."""
    return she if row.alone else people.join(app, "Cy Stranger")


def an_old_conversation(she: Person, he: Person) -> int:
    """They were connected once, and wrote to each other."""
    if she is he:
        return people.talk(she, she, "A note of my own")
    people.connect(she, he)
    id = people.talk(he, she, "When we knew each other")
    remove(she, he)
    return id


def stand(row: Row, she: Person, he: Person) -> None:
    """Let the two come to stand as the row says, and prove that they do."""
    row.make(she, he)
    with she.app.app_context():
        now = relationship(she, he)
        assert (now.status.name, now.can_write) == (row.status, row.writes)
        assert he is she or row.status == "ACCOUNT_CLOSED" or now.degree.label == row.degree


def written(app: Flask) -> tuple[int, int]:
    """How many messages and conversations there are."""
    with app.app_context():
        return tuple(
            db.session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Message, Conversation)
        )


def check_answer(app: Flask, answer: TestResponse, before: tuple[int, int], expected: int) -> None:
    """One message more where it was taken; else nothing written, and her words in the answer."""
    assert answer.status_code == expected
    if expected < 400:
        assert written(app)[0] == before[0] + 1
    else:
        assert written(app) == before
        assert TEXT in answer.text


@every_row
def test_thread_has_composer_if_member_can_write(row, app, she, he):
    id = an_old_conversation(she, he)
    stand(row, she, he)
    for partial in (False, True):
        shown = she.get(f"/messaging/{id}", partial=partial)
        assert shown.status_code == 200
        assert (COMPOSER in shown.text) is row.writes
        assert ("A note of my own" if row.alone else "When we knew each other") in shown.text


@every_row
def test_thread_accepts_message_if_member_can_write(row, app, she, he):
    id = an_old_conversation(she, he)
    stand(row, she, he)
    for partial in (False, True):
        before = written(app)
        answer = she.send(id, TEXT, partial=partial)
        refused, taken = 403, 200 if partial else 303
        check_answer(app, answer, before, taken if row.writes else refused)


@every_row
@pytest.mark.parametrize("old", [True, False], ids=["written before", "never written"])
def test_compose_accepts_message_if_member_can_write(row, old, app, she, he):
    if old:
        an_old_conversation(she, he)
    stand(row, she, he)
    before = written(app)
    answer = she.post("/messaging/new", to=he.handle, body=TEXT, nonce=nonce())
    refused = 404 if row.status == "ACCOUNT_CLOSED" else 403
    check_answer(app, answer, before, 303 if row.writes else refused)


@every_row
def test_compose_has_composer_if_member_can_write(row, app, she, he):
    stand(row, she, he)
    with app.app_context():
        begun = relationship(she, he).conversation_id
    for partial in (False, True):
        shown = she.get(f"/messaging/new?to={he.handle}", partial=partial)
        if row.status == "ACCOUNT_CLOSED":
            assert shown.status_code == 404
        elif begun:
            assert shown.location == f"/messaging/{begun}"
        else:
            assert shown.status_code == 200
            assert (COMPOSER in shown.text) is row.writes


@every_row
def test_only_invitee_can_reply_to_invitation(row, app, she, he):
    stand(row, she, he)
    with app.app_context():
        id = newest_invitation(he, she) or newest_invitation(she, he)
    before = written(app)
    form = she.get(f"/network/invitations/{id or 1}/reply")
    assert form.status_code == (200 if row.replies else 404)
    answer = she.post(f"/network/invitations/{id or 1}/reply", body=TEXT, nonce=nonce())
    if row.replies:
        assert answer.status_code == 303
        assert TEXT in she.get(answer.location).text
    else:
        check_answer(app, answer, before, 409 if id else 404)


def test_non_participant_gets_404_on_every_route(app, talk, cy):
    assert relation_of(app, cy, talk) == 0
    before = written(app)
    for way in ("", "/after?revision=0", "/before?seq=9", "/later?seq=1", "/seen?seq=1"):
        for partial in (False, True):
            assert cy.get(f"/messaging/{talk}{way}", partial=partial).status_code == 404
    check_answer(app, cy.send(talk, TEXT), before, 404)
    assert cy.post(f"/messaging/{talk}/read", seq=1).status_code == 404
    assert cy.post(f"/messaging/{talk}/unread").status_code == 404
    assert written(app) == before


def relation_of(app: Flask, person: Person, conversation_id: int) -> int:
    """How many parts somebody has in a conversation."""
    with app.app_context():
        found = db.session.get_one(Conversation, conversation_id)
        return [found.low_id, found.high_id].count(person.id)


def test_open_page_of_closed_account_cannot_send(app, ana, bo, talk):
    assert ana.send(talk, "Before").status_code == 303
    before = written(app)
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
