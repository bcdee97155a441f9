"""The server is killed during uploads and thumbnails and restarted."""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path

import pytest
from sqlalchemy import select

from linkmsg import clock
from linkmsg.background import sweeps
from linkmsg.db import db
from linkmsg.models import Attachment
from linkmsg.storage import stored_files
from linkmsg.storage.stored_images import WORK_FOLDER
from tests.people import Person
from tests.support.database_rows import message_bodies
from tests.support.image_samples import coloured_image, encoded
from tests.support.server_process import ServerProcess, prepare_data
from tests.support.time_travel import travel
from tests.support.upload_requests import multipart

TALK = "/messaging/1"


@pytest.fixture
def ana(tmp_path: Path) -> Iterator[Person]:
    """Create Ana in a data directory for a server process."""
    made = prepare_data(tmp_path)
    yield made
    with made.app.app_context():
        db.engine.dispose()


@pytest.fixture
def server(ana: Person, tmp_path: Path, free_port: int) -> Iterator[ServerProcess]:
    made = ServerProcess(tmp_path, free_port)
    yield made
    made.kill()


def ask(server: ServerProcess, ana: Person, method: str, path: str) -> HTTPConnection:
    """Start a request as Ana."""
    line = HTTPConnection(server.url.partition("//")[2], timeout=60)
    line.putrequest(method, path)
    cookie = ana.client.get_cookie("session")
    assert cookie
    line.putheader("Cookie", f"session={cookie.value}")
    return line


def post(
    server: ServerProcess,
    ana: Person,
    path: str,
    *files: tuple[str, bytes],
    part: float = 1,
    **more: str,
) -> HTTPConnection:
    """Send a part of a form with files; 1 is all of it."""
    form = multipart({"csrf_token": ana.token, **more}, *files)
    line = ask(server, ana, "POST", path)
    line.putheader("Content-Type", form["content_type"])
    line.putheader("Content-Length", str(len(form["data"])))
    line.endheaders(form["data"][: int(part * len(form["data"]))])
    return line


def answer(line: HTTPConnection) -> tuple[int, bytes]:
    with closing(line):
        got = line.getresponse()
        return got.status, got.read()


def wait(what: Callable[[], bool]) -> None:
    until = time.monotonic() + 120
    while not what():
        assert time.monotonic() < until, "it never came to that"
        time.sleep(0.01)


def kept(ana: Person) -> dict[str, Attachment]:
    """Return the attachments in the database by the keys of their blobs."""
    with ana.app.app_context():
        return {key: each for each in db.session.scalars(select(Attachment)) for key in each.blobs}


@pytest.mark.proof
def test_kill_during_uploads_loses_and_truncates_nothing(
    server: ServerProcess, ana: Person, tmp_path: Path
) -> None:
    photo, plan = encoded(coloured_image((640, 320)), "JPEG"), os.urandom(300_000)
    slow = encoded(coloured_image((7000, 5000)), "JPEG")
    sent = {"body": "Before", "nonce": "nonce-of-before-0001"}
    cut = {"body": "Cut off", "nonce": "nonce-of-cut-off-001"}
    line = post(server, ana, TALK, ("a.jpg", photo), ("plan.bin", plan), **sent)
    assert answer(line)[0] == 303
    before = kept(ana)
    under_way = [
        *(
            post(server, ana, "/files", ("big.bin", os.urandom(8 << 20)), part=0.5)
            for _ in range(3)
        ),
        post(
            server, ana, TALK, ("b.jpg", photo), ("big.bin", os.urandom(8 << 20)), part=0.7, **cut
        ),
        *(post(server, ana, "/files", (f"{number}.jpg", slow)) for number in range(2)),
    ]
    wait(lambda: len(list(tmp_path.glob("blobs/??/*.part"))) >= 4)
    wait(lambda: any((tmp_path / WORK_FOLDER).glob("*/*.webp")))
    server.kill()
    for line in under_way:
        line.close()
    server.start()
    assert message_bodies(ana) == ["Hello Bo", "Before"]
    look(server, ana, tmp_path)
    for _ in range(2):
        assert answer(post(server, ana, TALK, ("b.jpg", photo), **cut))[0] == 303
    assert message_bodies(ana) == ["Hello Bo", "Before", "Cut off"]
    assert kept(ana).keys() >= before.keys()
    sweep(ana, tmp_path)
    look(server, ana, tmp_path)
    command = [sys.executable, "-m", "linkmsg", "doctor"]
    said = subprocess.run(command, env=server.environment, capture_output=True, check=False)
    assert (said.returncode, said.stdout) == (0, b"No files are missing.\n")


def look(server: ServerProcess, ana: Person, place: Path) -> None:
    """Assert that every served file is complete and has a row."""
    rows = kept(ana)
    for name in [each.name for each in place.glob("blobs/??/*")]:
        line = ask(server, ana, "GET", f"/files/{name}/x")
        line.endheaders()
        status, data = answer(line)
        row = rows.get(name)
        is_original = row is not None and row.key == name
        assert status == (200 if is_original else 404)
        assert not is_original or hashlib.sha256(data).hexdigest() == row.digest


def sweep(ana: Person, place: Path) -> None:
    """Assert that after two days only files of messages are left."""
    with travel(clock.now() + timedelta(days=2)), ana.app.app_context():
        sweeps.sweep_files()
        names = {name for name, _ in stored_files.blob_store().entries()}
    assert names == kept(ana).keys()
    assert {each.message_id is None for each in kept(ana).values()} == {False}
    assert list((place / WORK_FOLDER).iterdir()) == []
    assert list(place.glob("blobs/??/*.part")) == []
