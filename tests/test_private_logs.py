"""Whatever fails, the log keeps the traceback and holds nothing that members typed."""

import logging
from io import StringIO

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import DataError, IntegrityError

from linkmsg.actions import accounts
from linkmsg.db import db
from linkmsg.live import broadcasts
from tests.conftest import POSTGRES
from tests.people import PASSWORD, sign_in
from tests.support import listeners
from tests.support.image_samples import coloured_image, encoded
from tests.support.upload_requests import upload

BODY = "The heron flies\nat dawn, it's said"
SECRETS = ("heron", "at dawn", "nia@example.com", PASSWORD)


@pytest.fixture(autouse=True)
def written(capfd):
    """Yield what is logged, and check after the test that nothing in it is private."""
    log = StringIO()
    handler = logging.StreamHandler(log)
    logging.getLogger().addHandler(handler)
    yield log
    logging.getLogger().removeHandler(handler)
    printed = capfd.readouterr()
    logged = f"{log.getvalue()}\n{printed.out}\n{printed.err}"
    assert [each for each in SECRETS if each in logged] == []


@pytest.fixture
def traced(written):
    """Check after the test that a traceback was logged."""
    yield
    assert "Traceback (most recent call last)" in written.getvalue()


@pytest.fixture
def at_insert(app):
    """Return a function that has `act(cursor, statement, parameters)` run before an INSERT."""
    removals = []

    def listen(table, act):
        def before(connection, cursor, statement, parameters, context, many):
            if f"INSERT INTO {table} " in statement:
                parameters = act(cursor, statement, parameters) or parameters
            return statement, parameters

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", before, retval=True)
        removals.append(lambda: event.remove(engine, "before_cursor_execute", before))

    yield listen
    for remove in removals:
        remove()


def kill(cursor, *_):
    """End the connection of a cursor, as a restart of the database does."""
    if not POSTGRES:
        cursor.connection.close()
        return
    with create_engine(POSTGRES).begin() as other:
        pid = cursor.connection.info.backend_pid
        other.execute(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": pid})
    other.engine.dispose()


def insert_twice(cursor, statement, parameters):
    cursor.execute(statement, parameters)


def without_place(_cursor, _statement, parameters):
    """Return the parameters of an INSERT without the place of the message."""
    return {**parameters, "seq": None}


@pytest.mark.usefixtures("traced")
def test_killed_database_logs_no_message(ana, talk, at_insert):
    at_insert("messages", kill)
    assert ana.send(talk, BODY).status_code == 500


@pytest.mark.usefixtures("traced")
def test_refused_row_logs_no_message(ana, talk, at_insert):
    at_insert("messages", insert_twice)
    assert ana.send(talk, BODY).status_code == 500


@pytest.mark.usefixtures("traced")
@pytest.mark.skipif(not POSTGRES, reason="SQLite names only the column")
def test_failing_row_logs_no_message(ana, talk, at_insert):
    at_insert("messages", without_place)
    assert ana.send(talk, BODY).status_code == 500


@pytest.mark.skipif(bool(POSTGRES), reason="the disk of the database server is not ours")
def test_full_disk_logs_no_message(ana, talk, at_insert):
    assert ana.token
    at_insert("messages", lambda cursor, *_: cursor.execute("PRAGMA max_page_count = 1") and None)
    for _ in range(30):
        answer = ana.send(talk, BODY * 200)
        if answer.status_code == 507:
            return
    raise AssertionError("the disk was never full")


@pytest.mark.usefixtures("traced")
def test_refused_account_logs_no_address(inside, ana, at_insert):
    at_insert("members", insert_twice)
    nia = accounts.NewAccount("nia@example.com", "Nia Novak", PASSWORD)
    with pytest.raises(IntegrityError) as caught, db.session.begin_nested():
        db.session.add(accounts._build_member(nia, "hash", is_admin=False))
    db.session.rollback()
    inside.logger.error("a sign-up failed: %s", caught.value, exc_info=caught.value)


@pytest.mark.skipif(not POSTGRES, reason="SQLite accepts any text as a number")
@pytest.mark.usefixtures("traced")
def test_invalid_value_is_not_logged(inside):
    with pytest.raises(DataError) as caught:
        db.session.execute(text("SELECT CAST(:body AS integer)"), {"body": BODY})
    inside.logger.error("failed: %s", caught.value.orig, exc_info=caught.value)


def quoting(error):
    """Return a function that fails with its last argument in the message."""

    def fail(*arguments, **_):
        raise error(f"can't use {BODY!r}, {BODY}, {arguments[-1:]}")

    return fail


@pytest.mark.usefixtures("traced")
@pytest.mark.parametrize("error", [ValueError, KeyError, RuntimeError, UnicodeError])
def test_broken_template_logs_no_message(app, ana, talk, monkeypatch, error):
    monkeypatch.setitem(app.jinja_env.filters, "text_content", quoting(error))
    monkeypatch.setattr(broadcasts, "render_changed", quoting(error))
    ana.send(talk, BODY, partial=True)


@pytest.mark.usefixtures("traced")
@pytest.mark.parametrize("error", [LookupError, RuntimeError])
def test_failing_search_logs_no_query(ana, talk, monkeypatch, error):
    monkeypatch.setattr("linkmsg.blueprints.search.results.search.find", quoting(error))
    assert ana.client.get("/search", query_string={"q": BODY}).status_code == 500


@pytest.mark.usefixtures("traced")
def test_failing_frame_logs_no_message(ana, bo, talk, monkeypatch):
    listeners.tab(bo)
    monkeypatch.setattr(broadcasts, "render_changed", lambda *_: int(BODY))
    assert ana.send(talk, BODY).status_code == 303


def test_killed_thumbnailer_logs_no_file_name(app, ana, monkeypatch):
    thumbnailer = app.extensions["linkmsg.thumbnailer"]
    for process in thumbnailer.processes:
        monkeypatch.setattr(process, "command", ["/bin/false"])
    upload(ana, encoded(coloured_image(), "PNG"), "heron at dawn.png")


def test_refused_sign_in_logs_no_address_or_password(nobody, ana):
    assert sign_in(nobody, "nia@example.com", f"{PASSWORD}x").status_code == 422


@pytest.mark.usefixtures("traced")
def test_causes_of_an_error_are_logged_without_values(inside):
    try:
        try:
            int(BODY)
        except ValueError as error:
            raise ExceptionGroup("both", [KeyError(BODY), OSError(28, "No space left")]) from error
    except ExceptionGroup as group:
        logging.getLogger("any.library").error("failed: %s", group.exceptions[0], exc_info=group)


def test_server_logs_no_query_or_header(caplog):
    server = logging.getLogger("gunicorn.error")
    server.propagate, before = True, server.propagate
    server.error("Error handling request %s", "/search?q=heron")
    server.warning("Invalid request from ip=192.0.2.7: Invalid HTTP Header: 'Cookie: heron'")
    server.propagate = before
    lines = [each.getMessage() for each in caplog.records]
    assert lines == [
        "Error handling request /search?…",
        "Invalid request from ip=192.0.2.7: Invalid HTTP Header",
    ]
