"""Nothing that another member can fetch says where, when or with what it was made."""

from io import BytesIO

import pytest
from PIL import Image

from linkmsg.storage import stored_files
from tests.people import talk as talk_between
from tests.support import private_media
from tests.support.private_media import SECRETS
from tests.support.upload_requests import address, attached, fetch, key_in, multipart, send, upload

# Fields of Exif and TIFF: the maker, the model, the time, the author, Exif itself and the place.
PRIVATE_FIELDS = {271, 272, 306, 315, 0x8769, 0x8825}
FORMS = ("", "?size=thumb", "?size=large", "?download")


@pytest.fixture
def talk(ana, bo):
    return talk_between(ana, bo, "Hello Bo")


def secrets_in(data):
    """Return what a file says that it must not."""
    found = {each for each in SECRETS if each in data}
    try:
        with Image.open(BytesIO(data)) as image:
            found |= PRIVATE_FIELDS & set(image.getexif())
    except OSError:
        pass
    return found


@pytest.mark.parametrize("files", [private_media.made_by_encoders(), private_media.damaged()])
def test_nothing_fetched_says_where_or_when(app, ana, bo, talk, files):
    assert {name for name, data in files.items() if not secrets_in(data)} == set()
    sent, names = [], list(files)
    for at in range(0, len(names), 10):
        some = [(name, files[name]) for name in names[at : at + 10]]
        answer = send(ana, talk, "", *some)
        assert answer.status_code == 303, answer.text
        sent += attached(app, talk)[1]
    assert len(sent) == len(files)
    fetched = {
        (each.name, form): fetch(bo, address(each) + form) for each in sent for form in FORMS
    }
    assert {answer.status_code for answer in fetched.values()} == {200}
    assert {at: found for at in fetched if (found := secrets_in(fetched[at].data))} == {}
    with app.app_context():
        blobs = stored_files.blob_store()
        stored = {name: b"".join(blobs.open(name)) for name, _ in blobs.entries()}
    assert set(stored) == {key for each in sent for key in each.blobs}
    assert [name for name, data in stored.items() if secrets_in(data)] == []


@pytest.mark.parametrize("name", private_media.refused())
def test_file_that_cannot_be_cleaned_is_refused(app, ana, talk, name):
    answer = upload(ana, private_media.refused()[name], name)
    assert answer.status_code == 415
    assert f"{name} is a raw photo" in answer.text or f"removed from {name}" in answer.text
    assert "ZIP file." in answer.text
    answer = send(ana, talk, "My words", (name, private_media.refused()[name]))
    assert answer.status_code == 415
    assert "My words" in answer.text
    with app.app_context():
        assert list(stored_files.blob_store().entries()) == []


def test_profile_photo_says_nothing(app, ana, bo):
    for name in ("photo.jpg", "photo.heic", "photo.avif", "photo.png", "photo.webp", "moving.gif"):
        data = private_media.made_by_encoders()[name]
        form = multipart({"csrf_token": ana.token}, (name, data))
        assert ana.client.post("/settings/photo", **form).status_code == 303, name
        with app.app_context():
            photo = ana.member().photo
        for size in (48, 96, 256):
            assert secrets_in(fetch(bo, f"/photos/{photo}/{size}").data) == set()


def test_document_stays_as_it_is(ana):
    data = b"%PDF-1.7\n% LeakMake 2021-03-04"
    key = key_in(upload(ana, data, "plan.pdf"))
    assert fetch(ana, f"/files/{key}/plan.pdf").data == data
