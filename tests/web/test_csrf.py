"""Every route that sends a message checks the CSRF token of the session."""

import pytest
from flask import request
from flask_wtf.csrf import generate_csrf
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from linkmsg.actions import invitations
from linkmsg.db import db
from linkmsg.forms.messages import MessageForm
from linkmsg.models import Message
from linkmsg.web import csrf
from tests.people import nonce
from tests.support.upload_requests import multipart

ROUTES = ("/messaging/{talk}", "/messaging/new", "/network/invitations/{invitation}/reply")


@pytest.fixture
def ids(app, ana, dee, talk):
    """Return the ids of Ana's thread with Bo and of Dee's invitation to Ana."""
    with app.app_context():
        invitation = invitations.invite(dee.member(), ana.member(), "Hello").id
    return {"talk": talk, "invitation": invitation}


def count(app):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Message))


def fields(**more):
    return {"to": "bo-lindqvist", "body": "My text", "nonce": nonce(), **more}


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("way", ["plain", "with files"])
def test_only_token_of_the_session_sends(app, ana, bo, ids, route, way):
    path, before = route.format(**ids), count(app)
    for token in ({}, {"csrf_token": ""}, {"csrf_token": "wrong"}, {"csrf_token": bo.token}):
        form = fields(**token)
        sent = {"data": form} if way == "plain" else multipart(form)
        answer = ana.client.post(path, **sent)
        assert answer.status_code == 400
        assert "My text" in answer.text
    assert count(app) == before
    form = fields(csrf_token=ana.token)
    sent = {"data": form} if way == "plain" else multipart(form)
    assert ana.client.post(path, **sent).status_code == 303
    assert count(app) > before


def test_form_without_checked_token_is_invalid(app, ana, bo):
    with app.test_request_context(method="POST", data=fields(csrf_token="wrong")):
        form = MessageForm(request.form)
        assert not form.validate()
        csrf.check_token(MultiDict({"csrf_token": generate_csrf()}))
        assert form.validate()
