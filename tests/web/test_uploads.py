"""Files on their way in: how large, how many, from whom, and what becomes of the text."""

import io
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

import pytest
import time_machine
from sqlalchemy import select

from linkmsg import clock
from linkmsg.background import sweeps
from linkmsg.db import db
from linkmsg.models import Attachment
from linkmsg.models.attachment import MAX_SIZE
from linkmsg.storage import incoming
from linkmsg.storage.blobs import new_key
from tests.people import nonce
from tests.people import talk as talk_between
from tests.support.pictures import picture, saved
from tests.support.upload_requests import key_in, multipart, send, upload


class Disk(NamedTuple):
    free: int


@pytest.fixture
def talk(ana, bo):
    return talk_between(ana, bo, "Hello Bo")


@pytest.mark.parametrize("way", ["form", "script"])
def test_one_byte_more_than_25_mib_is_refused_and_all_else_is_kept(app, ana, talk, way):
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
        assert len(list(incoming.blobs().names())) == 1


class Unread(io.BytesIO):
    """A body of which is noted how much was read."""

    taken = 0

    def read(self, size=-1):
        data = super().read(size)
        self.taken += len(data)
        return data


def test_a_stranger_s_thirty_mib_are_refused_before_they_are_read(nobody, talk):
    form = multipart({"body": "My words"}, ("x", bytes(30 * 1024 * 1024)))
    body = Unread(form["data"])
    length = {"Content-Length": str(len(form["data"]))}
    path, kind = f"/messaging/{talk}", form["content_type"]
    answer = nobody.post(path, input_stream=body, content_type=kind, headers=length)
    assert answer.status_code == 401
    assert "My words" in answer.text
    assert body.taken < 200_000


def test_a_file_that_is_too_large_is_read_no_further_than_it_may_go(ana, talk):
    fields = {"csrf_token": ana.token, "nonce": nonce(), "body": "My words"}
    form = multipart(fields, ("film.bin", bytes(MAX_SIZE + 8 * 1024 * 1024)))
    body = Unread(form["data"])
    length = {"Content-Length": str(len(form["data"]))}
    path, kind = f"/messaging/{talk}", form["content_type"]
    answer = ana.client.post(path, input_stream=body, content_type=kind, headers=length)
    assert answer.status_code == 413
    assert "film.bin is larger than 25 MiB" in answer.text
    assert body.taken < MAX_SIZE + 200_000


def test_a_form_without_the_token_of_the_session_brings_no_file(app, ana, talk):
    answer = send(ana, talk, "My words", ("x.txt", b"Hello"), csrf_token="wrong")
    assert answer.status_code == 400
    assert "My words" in answer.text
    with app.app_context():
        assert list(db.session.scalars(select(Attachment))) == []
        assert list(incoming.blobs().names()) == []


def test_more_than_ten_files_are_refused_and_the_ten_are_kept(app, ana, talk):
    answer = send(ana, talk, "Many", *((f"{n}.txt", b"x") for n in range(11)))
    assert answer.status_code == 413
    assert "can carry 10 files" in answer.text
    assert answer.text.count('name="attachment"') == 10


def test_uploads_that_were_never_sent_and_blobs_of_nobody_are_swept_away(app, ana, bo, talk):
    key = key_in(upload(ana, saved(picture(), "PNG"), "sent.png"))
    ana.send(talk, "", attachment=key)
    key_in(upload(ana, saved(picture(), "PNG"), "never-sent.png"))
    with app.app_context():
        with incoming.blobs().adding(new_key()) as nobodys:
            nobodys.write(b"of nobody")
        sweeps.files()
        assert len(list(incoming.blobs().names())) == 5
        with time_machine.travel(clock.now() + timedelta(days=2), tick=False):
            sweeps.files()
        kept = {name for name, _ in incoming.blobs().names()}
        (sent,) = db.session.scalars(select(Attachment))
        assert kept == set(sent.blobs)
        assert sent.key == key


def test_a_full_quota_and_a_full_disk_are_said_and_the_text_is_kept(app, ana, talk, monkeypatch):
    monkeypatch.setattr("linkmsg.web.uploads.shutil.disk_usage", lambda _: Disk(0))
    answer = send(ana, talk, "My words", ("x.txt", b"x"))
    assert answer.status_code == 507
    assert "My words" in answer.text
    assert "no room for files on this server" in answer.text
    monkeypatch.undo()
    app.extensions["linkmsg"] = replace(app.extensions["linkmsg"], quota=1)
    assert upload(ana, bytes(1024 * 1024)).status_code == 201
    answer = send(ana, talk, "My words", ("x.txt", b"x"))
    assert answer.status_code == 413
    assert "used all the room" in answer.text
    with app.app_context():
        assert len(list(incoming.blobs().names())) == 1
