"""Profile photos: cropped to a square, shown to all members, and replaced."""

from datetime import timedelta
from io import BytesIO

from PIL import Image
from sqlalchemy import select

from linkmsg import clock
from linkmsg.background import sweeps
from linkmsg.db import db
from linkmsg.models import Attachment
from linkmsg.storage import stored_files, stored_images
from linkmsg.storage.thumbnails import SQUARES
from tests.support.image_samples import coloured_image, corner_colours, encoded
from tests.support.time_travel import travel
from tests.support.upload_requests import fetch, multipart


def choose(person, data, **fields):
    """Upload a photo in the settings."""
    form = multipart({"csrf_token": person.token, **fields}, ("me.png", data))
    return person.client.post("/settings/photo", **form)


def photo_of(person):
    with person.app.app_context():
        return person.member().photo


def square(viewer, photo, size=256):
    answer = fetch(viewer, f"/photos/{photo}/{size}")
    assert answer.status_code == 200
    return Image.open(BytesIO(answer.data))


def test_photo_is_cropped_to_the_center_and_shown_to_all(ana, bo):
    wide = encoded(coloured_image((800, 400)), "PNG")
    assert choose(ana, wide).status_code == 303
    photo = photo_of(ana)
    assert square(bo, photo).size == (256, 256)
    assert square(bo, photo, 48).size == (48, 48)
    assert corner_colours(square(bo, photo)) == ["red", "green", "blue", "white"]
    assert f"/photos/{photo}/256" in bo.get("/in/ana-ruiz").text
    assert f"/photos/{photo}/96" in bo.get("/network").text


def test_chosen_square_is_cropped(ana):
    choose(ana, encoded(coloured_image((800, 400)), "PNG"), left="1", top="0", size="0.5")
    assert set(corner_colours(square(ana, photo_of(ana)))) == {"green"}


def test_new_photo_replaces_the_old_and_can_be_removed(app, ana, bo):
    choose(ana, encoded(coloured_image((300, 300)), "PNG"))
    first = photo_of(ana)
    choose(ana, encoded(coloured_image((400, 400)), "PNG"))
    second = photo_of(ana)
    assert first != second
    assert fetch(bo, f"/photos/{first}/96").status_code == 404
    ana.post("/settings/photo", remove="1")
    assert photo_of(ana) is None
    assert "/photos/" not in bo.get("/in/ana-ruiz").text
    with app.app_context():
        assert list(stored_files.blob_store().entries()) == []
        assert list(db.session.scalars(select(Attachment))) == []


def test_file_that_is_not_an_image_is_refused(ana, nobody):
    answer = choose(ana, b"no picture")
    assert answer.status_code == 422
    assert "This image can’t be read" in answer.text
    assert choose(ana, b"").status_code == 422
    assert photo_of(ana) is None
    assert nobody.get(f"/photos/{'x' * 32}/96").status_code == 303
    assert fetch(ana, f"/photos/{'x' * 32}/97").status_code == 404


def test_refused_photo_is_deleted(app, ana):
    choose(ana, b"no picture")
    choose(ana, encoded(coloured_image(), "PNG"), remove="1")
    with app.app_context():
        assert list(stored_files.blob_store().entries()) == []
        assert list(db.session.scalars(select(Attachment))) == []


def test_old_photo_that_could_not_be_deleted_is_swept(app, ana, monkeypatch):
    def fail(*_):
        raise OSError

    choose(ana, encoded(coloured_image((300, 300)), "PNG"))
    monkeypatch.setattr(stored_images, "delete_squares", fail)
    choose(ana, encoded(coloured_image((400, 400)), "PNG"))
    with app.app_context():
        assert len(list(stored_files.blob_store().entries())) == 2 * len(SQUARES)
        with travel(clock.now() + timedelta(days=2)):
            sweeps.sweep_files()
        photo = ana.member().photo
        kept = {name for name, _ in stored_files.blob_store().entries()}
        assert kept == {f"{photo}-{size}" for size in SQUARES}
