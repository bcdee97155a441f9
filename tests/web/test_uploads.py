"""Uploads: limits of size, number and space, and what happens to the text."""

import io
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

import pytest
from sqlalchemy import select

from linkmsg import clock
from linkmsg.background import sweeps
from linkmsg.db import db
from linkmsg.models import Attachment
from linkmsg.models.attachment import MAX_SIZE
from linkmsg.storage import stored_files
from linkmsg.storage.blobs import new_key
from tests.people import nonce
from tests.people import talk as talk_between
from tests.support.image_samples import coloured_image, encoded
from tests.support.time_travel import clock_set_by, travel
from tests.support.upload_requests import key_in, multipart, send, upload


class Disk(NamedTuple):
    free: int


@pytest.fixture
def talk(ana, bo):
    return talk_between(ana, bo, "Hello Bo")


@pytest.mark.parametrize("way", ["form", "script"])
def test_file_over_25_mib_is_refused_and_the_rest_is_kept(app, ana, talk, way):
    whole, more = bytes(MAX_SIZE), bytes(MAX_SIZE + 1)
    if way == "script":
        assert upload(ana, whole, "whole.bin").status_code == 201
        answer = upload(ana, more, "more.bin")
        assert "larger than 25 MiB" in answer.text
    else:
        answer = send(ana, talk, "A text", ("small.txt", b"Small"), ("more.bin", more))
        assert "more.bin is larger than 25 MiB" in answer.text
        assert "A text" in answer.text
        assert "small.txt" in answer.text
    assert answer.status_code == 413
    with app.app_context():
        kept = {each.name for each in db.session.scalars(select(Attachment))}
        assert kept == {"whole.bin" if way == "script" else "small.txt"}
        assert len(list(stored_files.blob_store().entries())) == 1


class CountedBody(io.BytesIO):
    """A request body that counts the bytes read from it."""

    bytes_read = 0

    def read(self, size=-1):
        data = super().read(size)
        self.bytes_read += len(data)
        return data


def test_upload_while_signed_out_is_not_read(nobody, talk):
    form = multipart({"body": "My words"}, ("x", bytes(30 * 1024 * 1024)))
    body = CountedBody(form["data"])
    length = {"Content-Length": str(len(form["data"]))}
    path, kind = f"/messaging/{talk}", form["content_type"]
    answer = nobody.post(path, input_stream=body, content_type=kind, headers=length)
    assert answer.status_code == 401
    assert "My words" in answer.text
    assert body.bytes_read < 200_000


def test_oversized_file_is_not_read_to_its_end(ana, talk):
    fields = {"csrf_token": ana.token, "nonce": nonce(), "body": "My words"}
    form = multipart(fields, ("film.bin", bytes(MAX_SIZE + 8 * 1024 * 1024)))
    body = CountedBody(form["data"])
    length = {"Content-Length": str(len(form["data"]))}
    path, kind = f"/messaging/{talk}", form["content_type"]
    answer = ana.client.post(path, input_stream=body, content_type=kind, headers=length)
    assert answer.status_code == 413
    assert "film.bin is larger than 25 MiB" in answer.text
    assert body.bytes_read < MAX_SIZE + 200_000


def test_form_with_wrong_token_stores_no_file(app, ana, talk):
    answer = send(ana, talk, "My words", ("x.txt", b"Hello"), csrf_token="wrong")
    assert answer.status_code == 400
    assert "My words" in answer.text
    with app.app_context():
        assert list(db.session.scalars(select(Attachment))) == []
        assert list(stored_files.blob_store().entries()) == []


def test_eleventh_file_is_refused_and_ten_are_kept(app, ana, talk):
    answer = send(ana, talk, "Many", *((f"{n}.txt", b"x") for n in range(11)))
    assert answer.status_code == 413
    assert "can have 10 files" in answer.text
    assert answer.text.count('name="attachment"') == 10


def test_unsent_uploads_and_orphaned_blobs_are_swept(app, ana, bo, talk):
    key = key_in(upload(ana, encoded(coloured_image(), "PNG"), "sent.png"))
    ana.send(talk, "", attachment=key)
    key_in(upload(ana, encoded(coloured_image(), "PNG"), "never-sent.png"))
    with app.app_context():
        with stored_files.blob_store().create(new_key()) as orphan:
            orphan.write(b"orphaned")
        sweeps.sweep_files()
        assert len(list(stored_files.blob_store().entries())) == 5
        with travel(clock.now() + timedelta(days=2)):
            sweeps.sweep_files()
        kept = {name for name, _ in stored_files.blob_store().entries()}
        (sent,) = db.session.scalars(select(Attachment))
        assert kept == set(sent.blobs)
        assert sent.key == key


@pytest.mark.parametrize("days", [2, -2])
def test_nothing_is_swept_for_a_day_after_the_clock_was_set(app, ana, days):
    key_in(upload(ana, b"not sent yet", "never-sent.txt"))
    with app.app_context():
        with clock_set_by(timedelta(days=days)):
            sweeps.sweep_files()
            with travel(clock.now() + timedelta(hours=23)):
                sweeps.sweep_files()
            assert len(list(stored_files.blob_store().entries())) == 1
            with travel(clock.now() + timedelta(days=5)):
                sweeps.sweep_files()
        assert list(stored_files.blob_store().entries()) == []


def test_full_quota_and_full_disk_return_the_text(app, ana, talk, monkeypatch):
    monkeypatch.setattr("linkmsg.web.incoming_file.shutil.disk_usage", lambda _: Disk(0))
    answer = send(ana, talk, "My words", ("x.txt", b"x"))
    assert answer.status_code == 507
    assert "My words" in answer.text
    assert "no space left for files" in answer.text
    monkeypatch.undo()
    app.extensions["linkmsg"] = replace(app.extensions["linkmsg"], quota=1)
    assert upload(ana, bytes(1024 * 1024)).status_code == 201
    answer = send(ana, talk, "My words", ("x.txt", b"x"))
    assert answer.status_code == 413
    assert "Your files use all of your 1 MiB" in answer.text
    with app.app_context():
        assert len(list(stored_files.blob_store().entries())) == 1


def stored_attachments(app):
    """Return the names of all attachments, and how many blobs there are."""
    with app.app_context():
        names = [each.name for each in db.session.scalars(select(Attachment))]
        return names, len(list(stored_files.blob_store().entries()))


def test_form_with_invalid_nonce_stores_no_file(app, ana, talk):
    answer = send(ana, talk, "My text", ("x.txt", b"Hello"), nonce="short")
    assert answer.status_code == 422
    assert "My text" in answer.text
    assert "Choose your files again" in answer.text
    assert stored_attachments(app) == ([], 0)


def test_text_after_the_files_survives_an_invalid_nonce(app, ana, talk):
    form = multipart({"csrf_token": ana.token, "nonce": "short"}, ("x.txt", b"Hello"))
    text = b'--b\r\nContent-Disposition: form-data; name="body"\r\n\r\nMy text\r\n--b--\r\n'
    data = form["data"].removesuffix(b"--b--\r\n") + text
    answer = ana.client.post(f"/messaging/{talk}", data=data, content_type=form["content_type"])
    assert (answer.status_code, "My text" in answer.text) == (422, True)
    assert stored_attachments(app) == ([], 0)


def test_refused_text_keeps_its_files(app, ana, talk):
    answer = send(ana, talk, "a" * 8001, ("x.txt", b"Hello"))
    assert answer.status_code == 422
    assert answer.text.count('name="attachment"') == 1
    assert stored_attachments(app) == (["x.txt"], 1)
