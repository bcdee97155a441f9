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
from tests.support.image_samples import coloured_image, encoded, exif_with_place
from tests.support.upload_requests import fetch, key_in, multipart, upload

# Seconds. No answer takes that long, not even on a very busy machine.
LONG = 300
LARGE = encoded(coloured_image((1400, 70)), "AVIF", exif=exif_with_place())


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
        key_in(upload(bo, b"\xff\xd8\xff a photo", "photo.jpg"))
        assert not anas.done()
        os.kill(looping.processes[-1].pid, signal.SIGKILL)
        key_in(anas.result(LONG))
    key_in(upload(ana, LOOP, "loop.png"))
    assert choose_photo(ana, LOOP).status_code == 422
    assert tried(tmp_path / "log").count(len(LOOP)) == 1


@pytest.mark.parametrize("too_heavy", [False, True])
def test_image_encoded_again_is_smaller_if_it_is_heavy(app, ana, monkeypatch, too_heavy):
    if too_heavy:
        monkeypatch.setattr(Thumbnailer, "make_full_copy", lambda *_: ImageRejection.HEAVY)
    assert b"camera" in LARGE
    key = key_in(upload(ana, LARGE, "large.avif"))
    with app.app_context():
        (kept,) = db.session.scalars(select(Attachment))
        assert (kept.width, kept.media_type) == (1400, "image/webp")
    data = fetch(ana, f"/files/{key}/large.webp").data
    assert b"camera" not in data
    with Image.open(io.BytesIO(data)) as image:
        assert image.width == (1280 if too_heavy else 1400)
