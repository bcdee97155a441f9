"""What went wrong is said in the house's words, as a page and as a fragment."""

import pytest
from sqlalchemy.exc import OperationalError

from linkmsg.actions import messages
from linkmsg.db import db
from linkmsg.models.inbox import InboxRow
from tests.people import PARTIAL

SECRET = "what only the log may know"


def broken(*_, **__):
    """What a fault of ours does."""
    raise RuntimeError(SECRET)


@pytest.fixture
def no_database(app, ana, monkeypatch):
    """From now on no connection to the database is to be had; Ana is signed in."""
    assert ana.get("/messaging").status_code == 200

    def refuse():
        raise OperationalError("connect", {}, Exception(SECRET))

    with app.app_context():
        monkeypatch.setattr(db.engine.pool, "connect", refuse)


def is_ours(answer, *, partial):
    """Whether a fault is answered in our words, in the shape that was asked for."""
    said = "Something broke here" in answer.text and "It is our fault" in answer.text
    hidden = not any(
        word in answer.text for word in (SECRET, "Traceback", "RuntimeError", "SELECT")
    )
    return said and hidden and ("<html" in answer.text) is not partial


@pytest.mark.parametrize("partial", [False, True], ids=["page", "fragment"])
def test_a_fault_of_ours_is_a_sentence_and_the_trace_goes_to_the_log(
    ana, talk, monkeypatch, caplog, partial
):
    ana.token  # noqa: B018 - signs her in
    monkeypatch.setattr(InboxRow, "select", broken)
    answer = ana.get("/messaging", partial=partial)
    assert (answer.status_code, is_ours(answer, partial=partial)) == (500, True)
    assert SECRET in caplog.text
    monkeypatch.undo()
    assert ana.get("/messaging").status_code == 200


@pytest.mark.parametrize("partial", [False, True], ids=["page", "fragment"])
def test_a_send_that_breaks_halfway_leaves_nothing_behind(ana, talk, monkeypatch, partial):
    assert ana.send(talk, "Before").status_code == 303
    monkeypatch.setattr("linkmsg.actions.conversations._participations_update", broken)
    answer = ana.send(talk, "Half a message", partial=partial)
    assert (answer.status_code, is_ours(answer, partial=partial)) == (500, True)
    monkeypatch.undo()
    assert "Half a message" not in ana.get(f"/messaging/{talk}").text
    assert ana.send(talk, "After").status_code == 303


@pytest.mark.parametrize("partial", [False, True], ids=["page", "fragment"])
@pytest.mark.parametrize("path", ["/messaging", "/settings/profile", "/sign-in", "/nowhere"])
def test_without_a_database_members_are_told_in_the_same_words(ana, no_database, path, partial):
    answer = ana.get(path, partial=partial)
    assert (answer.status_code, is_ours(answer, partial=partial)) == (500, True)


@pytest.mark.parametrize("path", ["/", "/sign-in", "/sign-up", "/setup"])
def test_without_a_database_strangers_are_told_in_the_same_words(nobody, no_database, path):
    for headers in ({}, PARTIAL):
        answer = nobody.get(path, headers=headers)
        assert answer.status_code == 500
        assert is_ours(answer, partial=bool(headers))


def test_a_fault_page_has_the_headers_of_every_page(nobody, no_database):
    answer = nobody.get("/sign-in")
    assert answer.status_code == 500
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_a_form_to_no_address_gives_back_what_was_typed(ana, talk):
    answer = ana.post("/messaging/999", body="For somebody", nonce="x" * 20)
    assert (answer.status_code, "For somebody" in answer.text) == (404, True)


def test_a_refusal_of_an_action_is_a_page_with_its_sentence(ana, bo):
    for partial in (False, True):
        answer = ana.post("/in/bo-lindqvist/connect", note="Hello", partial=partial)
        assert answer.status_code == 409
        assert "connected" in answer.text
        assert ("<html" in answer.text) is not partial


def test_a_busy_database_is_a_fault_too(ana, talk, monkeypatch):
    def busy(*_):
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    ana.token  # noqa: B018 - signs her in
    monkeypatch.setattr(messages, "send", busy)
    answer = ana.send(talk, "Typed")
    assert (answer.status_code, is_ours(answer, partial=False)) == (500, True)
    assert "locked" not in answer.text
