"""Error pages and fragments: plain sentences without internals."""

import pytest
from sqlalchemy.exc import OperationalError

from linkmsg.actions import messages
from linkmsg.db import db
from linkmsg.models.inbox import InboxRow
from tests.people import PARTIAL

SECRET = "an internal detail"


def broken(*_, **__):
    """Fail as a bug would."""
    raise RuntimeError(SECRET)


@pytest.fixture
def no_database(app, ana, monkeypatch):
    """Make every new database connection fail; Ana is signed in."""
    assert ana.get("/messaging").status_code == 200

    def refuse():
        raise OperationalError("connect", {}, Exception(SECRET))

    with app.app_context():
        monkeypatch.setattr(db.engine.pool, "connect", refuse)


def is_error_page(answer, *, partial):
    """Return whether an error page says what happened, hides internals and has the right form."""
    explains = "Something went wrong" in answer.text and "The error has been logged" in answer.text
    hides = not any(word in answer.text for word in (SECRET, "Traceback", "RuntimeError", "SELECT"))
    return explains and hides and ("<html" in answer.text) is not partial


@pytest.mark.parametrize("partial", [False, True], ids=["page", "fragment"])
def test_unexpected_error_is_logged_and_shown_as_sentence(ana, talk, monkeypatch, caplog, partial):
    ana.token  # noqa: B018 - signs Ana in
    monkeypatch.setattr(InboxRow, "select", broken)
    answer = ana.get("/messaging", partial=partial)
    assert (answer.status_code, is_error_page(answer, partial=partial)) == (500, True)
    assert SECRET in caplog.text
    monkeypatch.undo()
    assert ana.get("/messaging").status_code == 200


@pytest.mark.parametrize("partial", [False, True], ids=["page", "fragment"])
def test_send_that_fails_halfway_saves_nothing(ana, talk, monkeypatch, partial):
    assert ana.send(talk, "Before").status_code == 303
    monkeypatch.setattr("linkmsg.actions.conversations._participations_update", broken)
    answer = ana.send(talk, "Half a message", partial=partial)
    assert (answer.status_code, is_error_page(answer, partial=partial)) == (500, True)
    monkeypatch.undo()
    assert "Half a message" not in ana.get(f"/messaging/{talk}").text
    assert ana.send(talk, "After").status_code == 303


@pytest.mark.parametrize("partial", [False, True], ids=["page", "fragment"])
@pytest.mark.parametrize("path", ["/messaging", "/settings/profile", "/sign-in", "/nowhere"])
def test_missing_database_shows_error_page_to_members(ana, no_database, path, partial):
    answer = ana.get(path, partial=partial)
    assert (answer.status_code, is_error_page(answer, partial=partial)) == (500, True)


@pytest.mark.parametrize("path", ["/", "/sign-in", "/sign-up", "/setup"])
def test_missing_database_shows_error_page_to_visitors(nobody, no_database, path):
    for headers in ({}, PARTIAL):
        answer = nobody.get(path, headers=headers)
        assert answer.status_code == 500
        assert is_error_page(answer, partial=bool(headers))


def test_error_page_has_security_headers(nobody, no_database):
    answer = nobody.get("/sign-in")
    assert answer.status_code == 500
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_form_to_missing_page_is_returned(ana, talk):
    answer = ana.post("/messaging/999", body="A text to keep", nonce="x" * 20)
    assert (answer.status_code, "A text to keep" in answer.text) == (404, True)


def test_refused_action_shows_its_reason(ana, bo):
    for partial in (False, True):
        answer = ana.post("/in/bo-lindqvist/connect", note="Hello", partial=partial)
        assert answer.status_code == 409
        assert "connected" in answer.text
        assert ("<html" in answer.text) is not partial


def test_locked_database_shows_error_page(ana, talk, monkeypatch):
    def busy(*_):
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    ana.token  # noqa: B018 - signs Ana in
    monkeypatch.setattr(messages, "send", busy)
    answer = ana.send(talk, "Typed")
    assert (answer.status_code, is_error_page(answer, partial=False)) == (500, True)
    assert "locked" not in answer.text
