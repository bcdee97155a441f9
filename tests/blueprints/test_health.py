"""Health checks."""

import pytest
from sqlalchemy.exc import OperationalError

from linkmsg.db import db


@pytest.fixture
def no_database(app, monkeypatch):
    """Make every new database connection fail."""

    def refuse():
        raise OperationalError("connect", {}, Exception("the place where the database was"))

    with app.app_context():
        monkeypatch.setattr(db.engine.pool, "connect", refuse)


def test_server_is_alive_and_ready(nobody):
    assert (nobody.get("/healthz").status_code, nobody.get("/healthz").text) == (200, "alive\n")
    assert (nobody.get("/readyz").status_code, nobody.get("/readyz").text) == (200, "ready\n")
    assert nobody.get("/readyz").mimetype == "text/plain"


def test_server_without_database_is_alive_but_not_ready(nobody, no_database):
    assert nobody.get("/healthz").status_code == 200
    answer = nobody.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "the database does not respond\n")


def test_read_only_data_folder_is_not_ready(nobody, monkeypatch):
    monkeypatch.setattr("linkmsg.web.health.os.access", lambda *_: False)
    answer = nobody.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "the data folder is not writable\n")


def test_search_engines_are_excluded(nobody):
    assert nobody.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"
