"""Send messages: seqs without gaps, growing revisions, and one message for each nonce."""

import pytest
from sqlalchemy import func, inspect, select
from sqlalchemy.exc import InvalidRequestError

from linkmsg.actions import messages
from linkmsg.actions.errors import NonceReused, WritingNotAllowed
from linkmsg.db import db
from linkmsg.models import Conversation, Message
from tests import people
from tests.people import nonce, relationship
from tests.support.relationships import remove


def count(app):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Message)) or 0


def test_seqs_have_no_gaps_and_revisions_grow(app, ana, bo, talk):
    for n in range(3):
        people.talk(ana, bo, f"Message {n}")
    with app.app_context():
        conversation = db.session.get_one(Conversation, talk)
        found = db.session.scalars(select(Message).order_by(Message.id)).all()
        assert [each.seq for each in found] == [1, 2, 3, 4, 5]
        assert [each.revision for each in found] == sorted({each.revision for each in found})
        assert (conversation.last_seq, conversation.revision) == (5, found[-1].revision)


def test_sent_message_equals_database_row(app, ana, talk):
    with app.app_context():
        conversation = db.session.get_one(Conversation, talk)
        sent = messages.send(ana.member(), talk, "Lunch?", nonce()).message
        assert inspect(sent).unloaded <= {"author", "attachments", "change"}
        for row in (sent, conversation):
            state = inspect(row)
            assert state.persistent
            values = {each.key: getattr(row, each.key) for each in state.mapper.column_attrs}
            db.session.refresh(row)
            assert {name: getattr(row, name) for name in values} == values
        with pytest.raises(InvalidRequestError, match="raise"):
            assert sent.author


def test_rolled_back_send_uses_no_number(app, ana, talk, monkeypatch):
    def fail(*_):
        raise ZeroDivisionError

    with app.app_context():
        conversation, before = db.session.get_one(Conversation, talk), count(app)
        numbers = conversation.last_seq, conversation.revision
        monkeypatch.setattr("linkmsg.actions.conversations._participations_update", fail)
        with pytest.raises(ZeroDivisionError):
            messages.send(ana.member(), talk, "Lunch?", nonce())
        assert (conversation.last_seq, conversation.revision) == numbers
        monkeypatch.undo()
        sent = messages.send(ana.member(), talk, "Lunch?", nonce()).message
        assert (sent.seq, count(app)) == (numbers[0] + 1, before + 1)


def test_each_conversation_has_own_seqs(app, ana, bo, dee):
    people.talk(ana, bo, "One", "Two")
    other = people.talk(bo, dee, "Three")
    with app.app_context():
        assert db.session.get_one(Conversation, other).last_seq == 1


def test_pair_has_one_conversation(ana, bo):
    assert people.talk(ana, bo, "Hello") == people.talk(bo, ana, "Hello")


def test_repeated_nonce_returns_same_message(app, ana, bo, talk):
    once = nonce()
    with app.app_context():
        first = messages.send(ana.member(), talk, "Once", once).message
        again = messages.send(ana.member(), talk, "Once", once).message
        started = messages.start(ana.member(), bo.member(), "Once", once).message
    assert first.id == again.id == started.id
    remove(ana, bo)
    with app.app_context():
        assert not relationship(ana, bo).can_write
        assert messages.send(ana.member(), talk, "Once", once).message.id == first.id
        assert messages.start(ana.member(), bo.member(), "Once", once).message.id == first.id
    assert count(app) == 3


def test_two_members_can_use_same_nonce(app, ana, bo, talk):
    shared = nonce()
    with app.app_context():
        first = messages.send(ana.member(), talk, "Hello", shared).message
        second = messages.send(bo.member(), talk, "Hello", shared).message
    assert first.id != second.id


def test_nonce_is_refused_in_another_conversation(app, ana, bo, talk):
    once = nonce()
    notes = people.talk(ana, ana, "A note")
    with app.app_context():
        messages.send(ana.member(), talk, "Hello", once)
        with pytest.raises(NonceReused):
            messages.send(ana.member(), notes, "Hello", once)
        with pytest.raises(NonceReused):
            messages.start(ana.member(), ana.member(), "Hello", once)
    assert count(app) == 4


@pytest.mark.parametrize("partial", [False, True])
def test_nonce_with_other_text_is_409_with_new_nonce(app, ana, talk, partial):
    once = nonce()
    ana.send(talk, "Once", nonce=once, partial=partial)
    before = count(app)
    answer = ana.send(talk, "Something else", nonce=once, partial=partial)
    assert answer.status_code == 409
    assert count(app) == before
    assert ">\nSomething else</textarea>" in answer.text
    assert once not in answer.text
    new = answer.text.split('name="nonce" value="')[1].split('"')[0]
    assert ana.send(talk, "Something else", nonce=new).status_code == 303
    assert count(app) == before + 1


def test_nonce_with_other_text_on_compose_is_409_with_text(app, ana, bo):
    once = nonce()
    first = ana.post("/messaging/new", to=bo.handle, body="Once", nonce=once)
    again = ana.post("/messaging/new", to=bo.handle, body="Once", nonce=once)
    assert first.location == again.location
    other = ana.post("/messaging/new", to=bo.handle, body="Something else", nonce=once)
    assert other.status_code == 409
    assert "Something else" in other.text
    assert once not in other.text
    assert count(app) == 1


def test_refused_first_message_creates_no_conversation(app, ana, cy):
    with app.app_context():
        with pytest.raises(WritingNotAllowed) as refusal:
            messages.start(ana.member(), cy.member(), "Hello", nonce())
        assert refusal.value.relationship.conversation_id is None
        assert db.session.scalars(select(Conversation)).all() == []


def test_malformed_nonce_is_refused(app, ana, talk):
    before = count(app)
    for forged in ("", "short", "nonce with spaces", "n" * 65, "nonce/../../nonce"):
        answer = ana.send(talk, "Forged", nonce=forged)
        assert answer.status_code == 422
        assert "Forged" in answer.text
    assert count(app) == before


@pytest.mark.parametrize(("length", "status"), [(8000, 303), (8001, 422)])
def test_message_has_at_most_8000_characters(app, ana, talk, length, status):
    text = "\N{GRINNING FACE}" * (length - 2) + "\r\n!"
    before = count(app)
    answer = ana.send(talk, text)
    assert answer.status_code == status
    assert count(app) == before + (status == 303)
    assert status == 303 or text.replace("\r\n", "\n") in answer.text


@pytest.mark.parametrize("nothing", ["", "   ", "\r\n\r\n", "\u200b", "\u2060\ufe0f \u00ad"])
def test_invisible_message_is_refused(app, ana, talk, nothing):
    before = count(app)
    assert ana.send(talk, nothing).status_code == 422
    assert count(app) == before
