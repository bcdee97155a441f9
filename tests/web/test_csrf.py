"""A message is sent by a form of this session and by no other, at whichever door it comes in."""

import pytest
from sqlalchemy import func, select

from linkmsg.actions import invitations
from linkmsg.db import db
from linkmsg.forms.messages import MessageForm
from linkmsg.models import Message
from tests.people import nonce
from tests.support.upload_requests import multipart

DOORS = ("/messaging/{talk}", "/messaging/new", "/network/invitations/{asked}/reply")


@pytest.fixture
def places(app, ana, dee, talk):
    """Where Ana may send something: to Bo, to him by name, and to Dee, who has invited her."""
    with app.app_context():
        asked = invitations.invite(dee.member(), ana.member(), "Hello").id
    return {"talk": talk, "asked": asked}


def count(app):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Message))


def words(**more):
    return {"to": "bo-lindqvist", "body": "My words", "nonce": nonce(), **more}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("way", ["plain", "with files"])
def test_only_the_token_of_the_session_sends(app, ana, bo, places, door, way):
    path, before = door.format(**places), count(app)
    for token in ({}, {"csrf_token": ""}, {"csrf_token": "wrong"}, {"csrf_token": bo.token}):
        form = words(**token)
        sent = {"data": form} if way == "plain" else multipart(form)
        answer = ana.client.post(path, **sent)
        assert answer.status_code == 400
        assert "My words" in answer.text
    assert count(app) == before
    form = words(csrf_token=ana.token)
    sent = {"data": form} if way == "plain" else multipart(form)
    assert ana.client.post(path, **sent).status_code == 303
    assert count(app) > before


def test_a_form_is_never_valid_where_nobody_has_looked_at_the_token(app, ana, bo):
    with app.test_request_context(method="POST", data=words(csrf_token="wrong")):
        assert not MessageForm().validate()
