"""A full disk is called that, loses nothing that was typed, and is over when there is space."""

import errno
import sqlite3
from datetime import timedelta

import pytest
from psycopg import errors as postgresql
from sqlalchemy.exc import OperationalError

from linkmsg import clock, create_app, serving
from linkmsg.background.worker import Worker
from linkmsg.config import Settings
from linkmsg.disk_space import is_disk_full
from linkmsg.storage.thumbnails import ImageRejection, Thumbnailer
from linkmsg.web import health, incoming_file, uploads
from tests import people
from tests.support.app_shutdown import stop_app
from tests.support.full_disk import DEVICE, fill, fill_files, full_database, small_disk
from tests.support.image_samples import coloured_image, encoded
from tests.support.time_travel import travel
from tests.support.upload_requests import send, upload

TYPED = "What I typed " * 600
OUT_OF_SPACE = "The server is out of space"
needs_device = pytest.mark.skipif(not DEVICE.exists(), reason=f"there is no {DEVICE}")


def is_ready(person):
    """Return whether the server is ready; if it is not, the reason must be the disk."""
    answer = person.client.get("/readyz")
    if answer.status_code == 503:
        assert answer.text == "the disk is full\n"
    return answer.status_code == 200


@pytest.mark.parametrize("partial", [False, True], ids=["page", "fragment"])
def test_full_database_is_told_and_keeps_the_text(app, ana, talk, caplog, partial):
    assert ana.token
    with full_database(app):
        answer = ana.send(talk, TYPED, partial=partial)
        assert (answer.status_code, OUT_OF_SPACE in answer.text) == (507, True)
        assert TYPED.strip() in answer.text
        assert ("<html" in answer.text) is not partial
        assert ana.get(f"/messaging/{talk}").status_code == 200
        assert not is_ready(ana)
    assert "The disk is full" in caplog.text
    assert "Traceback" not in caplog.text
    assert ana.send(talk, TYPED).status_code == 303
    with travel(clock.now() + timedelta(seconds=health.REFUSAL_COUNTS)):
        assert is_ready(ana)


@needs_device
def test_full_disk_of_files_is_told_and_keeps_the_text(app, ana, talk, monkeypatch):
    assert ana.token
    fill_files(monkeypatch)
    for data in (b"small", bytes(3 * 1024 * 1024), encoded(coloured_image(), "PNG")):
        by_script = upload(ana, data)
        assert (by_script.status_code, incoming_file.NO_DISK in by_script.text) == (507, True)
        by_form = send(ana, talk, "My words", ("x.png", data))
        assert (by_form.status_code, "My words" in by_form.text) == (507, True)
        assert incoming_file.NO_DISK in by_form.text
    assert not is_ready(ana)
    monkeypatch.undo()
    assert upload(ana).status_code == 201


@needs_device
def test_server_is_not_ready_before_the_first_write_fails(ana, monkeypatch):
    assert is_ready(ana)
    fill_files(monkeypatch)
    assert not is_ready(ana)
    monkeypatch.undo()
    assert is_ready(ana)


def test_storage_that_fails_otherwise_is_not_called_interrupted(ana, talk, monkeypatch, caplog):
    def fail(*_):
        raise OSError(errno.EIO, "Input/output error")

    assert ana.token
    monkeypatch.setattr("linkmsg.storage.disk._open_private", fail)
    answer = upload(ana)
    assert (answer.status_code, uploads.NOT_STORED.partition("’")[0] in answer.text) == (500, True)
    assert "Input/output error" in caplog.text
    answer = send(ana, talk, "My words", ("x.txt", b"x"))
    assert (answer.status_code, "My words" in answer.text) == (500, True)


def test_image_is_not_stored_as_a_file_because_the_disk_failed(ana, monkeypatch):
    assert ana.token
    later = lambda *_, **__: ImageRejection.LATER  # noqa: E731
    monkeypatch.setattr(Thumbnailer, "_request", later)
    assert upload(ana, encoded(coloured_image(), "PNG"), "photo.png").status_code == 500


def raised(cause):
    """Return an error that was raised because of another one."""
    try:
        try:
            raise cause
        except type(cause) as error:
            raise OperationalError("INSERT", {}, error) from error
    except OperationalError as error:
        return error


def sqlite_error(code):
    error = sqlite3.OperationalError("an error")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "is_full"),
    [
        (OSError(errno.ENOSPC, ""), True),
        (OSError(errno.EDQUOT, ""), True),
        (OSError(errno.EIO, ""), False),
        (raised(sqlite_error(sqlite3.SQLITE_FULL)), True),
        (raised(sqlite_error(sqlite3.SQLITE_BUSY)), False),
        (raised(postgresql.DiskFull("")), True),
        (raised(postgresql.LockNotAvailable("")), False),
        (RuntimeError("no space left on device"), False),
    ],
)
def test_errors_of_full_disks_are_recognised(error, is_full):
    assert is_disk_full(error) is is_full


def test_everything_works_again_when_a_real_disk_has_space(tmp_path):
    with small_disk(tmp_path / "disk") as disk:
        app = create_app(Settings(data_dir=disk / "data", disk_reserve=0), prepared=True)
        serving.prepare_instance(app)
        ana, bo = people.join(app, "Ana Ruiz"), people.join(app, "Bo Lindqvist")
        people.connect(ana, bo)
        talk = people.talk(ana, bo, "Hello Bo")
        assert ana.token
        indexer = Worker(app).indexer
        other = fill(disk)
        with app.app_context():
            indexer.run()
        assert ana.send(talk, TYPED).status_code == 507
        assert upload(ana, encoded(coloured_image(), "PNG"), "photo.png").status_code == 507
        assert not is_ready(ana)
        other.unlink()
        assert ana.send(talk, "The ferry").status_code == 303
        assert upload(ana, encoded(coloured_image(), "PNG"), "photo.png").status_code == 201
        indexer.backoff.until = 0
        with app.app_context():
            indexer.run()
            assert (indexer.backoff.errors, indexer.index.state().checkpoint > 0) == (0, True)
        assert "The <mark>ferry</mark>" in ana.get("/search?q=ferry").text
        indexer.close()
        stop_app(app)
