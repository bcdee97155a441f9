"""Files from before linkmsg removed metadata are cleaned while the server runs."""

import pytest
from sqlalchemy import select

from linkmsg.actions import attachments
from linkmsg.background.old_files import OldFilesSweep
from linkmsg.db import db
from linkmsg.models import Attachment
from linkmsg.models.attachment import CLEANED, NEVER, NOT_YET
from linkmsg.storage import stored_files
from linkmsg.storage.blobs import new_key
from linkmsg.storage.thumbnails import Thumbnailer
from tests.people import talk as talk_between
from tests.support import private_media
from tests.support.upload_requests import address, attached, fetch

FILES = {
    **{
        name: private_media.made_by_encoders()[name]
        for name in ("photo.jpg", "phone.mov", "sound.m4a", "sound.opus")
    },
    "IMG.HEIC": private_media.made_by_encoders()["photo.heic"],
    "IMG_1.dng": private_media.dng(),
    "notes.txt": b"Hello",
}


def add_as_before(person, name, data):
    """Store a file as linkmsg did before it removed metadata; return its key."""
    with person.app.app_context():
        key = new_key()
        with stored_files.blob_store().create(key) as blob:
            blob.write(data)
        fields = {
            "key": key,
            "name": name,
            "kind": "file",
            "media_type": "application/octet-stream",
        }
        fields |= {"size": len(data), "digest": blob.sha256, "cleaned": NOT_YET}
        return attachments.add(person.member(), Attachment(**fields)).key


def sweep(app):
    with app.app_context():
        sweep = OldFilesSweep()
        for _ in range(50):
            sweep.run()
        return sweep.is_done


@pytest.fixture
def talk(ana, bo):
    return talk_between(ana, bo, "Hello Bo")


def test_old_files_are_cleaned(app, ana, bo, talk):
    keys = [add_as_before(ana, name, data) for name, data in FILES.items()]
    ana.send(talk, "", attachment=keys)
    assert b"Leak" in fetch(bo, f"/files/{keys[0]}/a").data
    assert sweep(app)
    after = {each.name: each for each in attached(app, talk)[1]}
    dng = after.pop("IMG_1.dng")
    assert {name: each.media_type for name, each in after.items()} == {
        "photo.jpg": "image/jpeg",
        "IMG.jpg": "image/jpeg",
        "phone.mov": "video/mp4",
        "sound.m4a": "audio/mp4",
        "sound.opus": "audio/ogg",
        "notes.txt": "application/octet-stream",
    }
    for each in after.values():
        assert each.cleaned == CLEANED
        answer = fetch(bo, address(each))
        assert answer.status_code == 200
        assert b"Leak" not in answer.data
    assert dng.cleaned == NEVER
    assert fetch(bo, address(dng)).status_code == 404
    assert fetch(ana, address(dng)).status_code == 200
    with app.app_context():
        kept = {name for name, _ in stored_files.blob_store().entries()}
        used = [key for each in db.session.scalars(select(Attachment)) for key in each.blobs]
        assert kept == set(used)


def test_missing_file_and_failing_disk_stop_no_cleaning(app, ana, talk, monkeypatch):
    keys = [add_as_before(ana, "photo.jpg", FILES["photo.jpg"]) for _ in range(2)]
    with app.app_context():
        stored_files.delete([keys[0]])

    def fail(*_, **__):
        raise OSError("full")

    with monkeypatch.context() as patch:
        patch.setattr(Thumbnailer, "clean", fail)
        with pytest.raises(OSError, match="full"):
            sweep(app)
    assert sweep(app)
    with app.app_context():
        assert {each.cleaned for each in db.session.scalars(select(Attachment))} == {CLEANED}
        assert len(list(stored_files.blob_store().entries())) > 1
