"""Images that cost too much become plain files, and hold up nobody else's upload."""

import io
import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image
from sqlalchemy import select

from linkmsg.db import db
from linkmsg.models import Attachment
from linkmsg.storage.thumbnails import HEAVY_IMAGES, ImageRejection, Thumbnailer
from tests.support.concurrency import wait_until
from tests.support.costly_images import LOOP, jpeg_with_scans, looping_command, tried
from tests.support.private_media import made_by_encoders
from tests.support.upload_requests import fetch, key_in, multipart, upload

# Seconds. No answer takes that long, not even on a very busy machine.
LONG = 300


def choose_photo(person, data):
    form = multipart({"csrf_token": person.token}, ("me.jpg", data))
    return person.client.post("/settings/photo", **form)


@pytest.fixture
def looping(app, tmp_path):
    """Replace the thumbnailer of the app by one that never ends over `LOOP`."""
    app.extensions["linkmsg.thumbnailer"].close()
    made = Thumbnailer(tmp_path / "heavy", LONG, looping_command(tmp_path / "log"))
    app.extensions["linkmsg.thumbnailer"] = made
    return made


def test_costly_image_becomes_a_file_and_no_photo(app, ana):
    heavy = jpeg_with_scans(2000)
    for _ in range(2):
        key = key_in(upload(ana, heavy, "heavy.jpg"))
        answer = fetch(ana, f"/files/{key}/heavy.jpg")
        assert answer.headers["Content-Disposition"].startswith("attachment")
        answer = choose_photo(ana, heavy)
        assert answer.status_code == 422
        assert "may be damaged or too large" in answer.text
    with app.app_context():
        kept = [(each.kind, each.thumb) for each in db.session.scalars(select(Attachment))]
        assert kept == [("file", None)] * 2
    heavy_images = app.extensions["linkmsg"].data_dir / HEAVY_IMAGES
    assert len(heavy_images.read_text().splitlines()) == 1


def test_slow_image_holds_up_nobody_and_is_tried_once(app, ana, bo, tmp_path, looping):
    with ThreadPoolExecutor(1) as pool:
        anas = pool.submit(upload, ana, LOOP, "loop.png")
        wait_until(lambda: tried(tmp_path / "log") == [len(LOOP)])
        with app.app_context():
            assert db.engine.pool.checkedout() == 0
        assert upload(bo, b"\xff\xd8\xff a photo", "photo.jpg").status_code == 415
        assert not anas.done()
        os.kill(looping.processes[-1].pid, signal.SIGKILL)
        assert anas.result(LONG).status_code == 415
    assert upload(ana, LOOP, "loop.png").status_code == 415
    assert choose_photo(ana, LOOP).status_code == 415
    assert tried(tmp_path / "log").count(len(LOOP)) == 1


def test_heic_becomes_a_jpeg_unless_it_is_heavy(app, ana, monkeypatch):
    photo = made_by_encoders()["photo.heic"]
    key = key_in(upload(ana, photo, "IMG 1.HEIC"))
    monkeypatch.setattr(Thumbnailer, "make_copies", lambda *_, **__: ImageRejection.HEAVY)
    heavy = key_in(upload(ana, photo, "IMG 2.HEIC"))
    with app.app_context():
        jpeg, file = db.session.scalars(select(Attachment).order_by(Attachment.id))
        assert (jpeg.name, jpeg.media_type, jpeg.kind) == ("IMG 1.jpg", "image/jpeg", "image")
        assert (jpeg.width, jpeg.height) == (80, 60)
        assert (file.name, file.kind, file.size) == ("IMG 2.HEIC", "file", len(photo))
    with Image.open(io.BytesIO(fetch(ana, f"/files/{key}/a.jpg").data)) as image:
        assert (image.format, image.size) == ("JPEG", (80, 60))
    assert b"Leak" not in fetch(ana, f"/files/{heavy}/a.heic").data
