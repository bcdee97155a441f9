"""Files can be read by the members of the conversation, and by nobody else."""

import hashlib
import io
import os
import struct
import zlib

import pytest
from PIL import Image, ImageOps
from sqlalchemy import select

from linkmsg.db import db
from linkmsg.models import Message
from linkmsg.storage import stored_files
from tests.people import nonce
from tests.people import talk as talk_between
from tests.support.image_samples import (
    PLACE,
    coloured_image,
    corner_colours,
    encoded,
    exif_with_place,
)
from tests.support.private_media import made_by_encoders
from tests.support.upload_requests import address, attached, fetch, key_in, send, upload


def picture_header_of(width, height):
    """Return the header of a large PNG without image data."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    crc = zlib.crc32(b"IHDR" + head)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4s", 13, b"IHDR") + head + struct.pack(">I", crc)


@pytest.fixture
def talk(ana, bo):
    return talk_between(ana, bo, "Hello Bo")


def test_files_in_a_form_arrive_unchanged(app, ana, bo, talk):
    data = os.urandom(300_000)
    answer = send(ana, talk, "Here", ("plan.bin", data), ("note.txt", b"Hello"))
    assert answer.status_code == 303
    message, (plan, note) = attached(app, talk)
    assert (message.body, message.attached) == ("Here", "2 files")
    assert plan.digest == hashlib.sha256(data).hexdigest()
    assert fetch(bo, address(plan)).data == data
    assert fetch(bo, address(note)).data == b"Hello"


def test_files_need_no_text_and_the_inbox_names_them(app, ana, bo, talk):
    assert send(ana, talk, "", ("plan.pdf", b"%PDF-1.7\n")).status_code == 303
    message, _ = attached(app, talk)
    assert (message.body, message.attached) == ("", "plan.pdf")


def test_uploaded_file_is_sent_with_its_message(app, ana, bo, talk):
    key = key_in(upload(ana))
    assert fetch(ana, f"/files/{key}/notes.txt").data == b"Hello"
    assert ana.send(talk, "", attachment=key).status_code == 303
    _, (only,) = attached(app, talk)
    assert only.key == key
    assert fetch(bo, address(only)).data == b"Hello"


def test_repeated_nonce_with_other_files_is_refused(app, ana, talk):
    one, other, name = key_in(upload(ana)), key_in(upload(ana, b"Other")), nonce()
    assert ana.send(talk, "Once", nonce=name, attachment=one).status_code == 303
    assert ana.send(talk, "Once", nonce=name, attachment=one).status_code == 303
    assert ana.send(talk, "Once", nonce=name, attachment=other).status_code == 409
    assert ana.send(talk, "Once", nonce=name).status_code == 409
    with app.app_context():
        assert len(list(db.session.scalars(select(Message).where(Message.body == "Once")))) == 1


def test_repeated_form_with_files_sends_once(app, ana, talk):
    name = nonce()
    for _ in range(2):
        answer = send(ana, talk, "Once", ("a.txt", b"A"), ("b.txt", b"B"), nonce=name)
        assert answer.status_code == 303
    assert send(ana, talk, "Once", ("a.txt", b"A"), nonce=name).status_code == 409
    assert send(ana, talk, "Once", ("a.txt", b"A"), ("b.txt", b"C"), nonce=name).status_code == 409
    with app.app_context():
        assert len(list(db.session.scalars(select(Message).where(Message.body == "Once")))) == 1


def test_unsent_upload_is_private(app, ana, bo, cy, nobody, talk):
    key = key_in(upload(ana))
    for other in (bo, cy):
        assert fetch(other, f"/files/{key}/notes.txt").status_code == 404
        assert other.post(f"/uploads/{key}/discard").status_code == 404
        assert other.post(f"/uploads/{key}/describe", alt="Mine").status_code == 404
    assert bo.send(talk, "Mine now", attachment=key).status_code == 409
    assert ana.send(talk, "", attachment=key).status_code == 303
    assert fetch(bo, f"/files/{key}/notes.txt").status_code == 200
    assert fetch(cy, f"/files/{key}/notes.txt").status_code == 404
    assert nobody.get(f"/files/{key}/notes.txt").status_code == 303
    assert ana.send(talk, "Twice", attachment=key).status_code == 409
    assert ana.post(f"/uploads/{key}/discard").status_code == 404


def test_discarded_upload_is_deleted(app, ana, talk):
    key = key_in(upload(ana))
    assert ana.post(f"/uploads/{key}/discard").status_code == 204
    assert fetch(ana, f"/files/{key}/notes.txt").status_code == 404
    with app.app_context():
        assert stored_files.blob_store().size(key) is None
    answer = ana.send(talk, "With it", attachment=key)
    assert answer.status_code == 409
    assert "no longer available" in answer.text
    assert "With it" in answer.text


def test_active_content_is_a_sandboxed_download(app, ana, bo, talk):
    page = b"<!doctype html><script>alert(1)</script>"
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    send(ana, talk, "", ("photo.png", page), ("drawing.svg", svg))
    for each in attached(app, talk)[1]:
        answer = fetch(bo, address(each))
        assert answer.mimetype == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_ranges_and_conditional_requests_are_supported(app, ana, bo, talk):
    send(ana, talk, "", ("film.mp4", made_by_encoders()["film.mp4"]))
    (film,) = attached(app, talk)[1]
    whole = fetch(bo, address(film))
    assert whole.mimetype == "video/mp4"
    assert whole.headers["Accept-Ranges"] == "bytes"
    part = fetch(bo, address(film), Range="bytes=100-199")
    assert part.status_code == 206
    assert part.data == whole.data[100:200]
    assert part.headers["Content-Range"] == f"bytes 100-199/{film.size}"
    last = fetch(bo, address(film), Range="bytes=-5")
    assert last.data == whole.data[-5:]
    beyond = fetch(bo, address(film), Range=f"bytes={film.size}-")
    assert beyond.status_code == 416
    kept = fetch(bo, address(film), **{"If-None-Match": whole.headers["ETag"]})
    assert (kept.status_code, kept.data) == (304, b"")
    with bo.client.head(address(film)) as head:
        _ = head.data
    assert (head.content_length, head.data) == (film.size, b"")


def test_path_in_a_file_name_is_removed(app, ana, bo, talk):
    send(ana, talk, "", ("../../etc/pass\u202ewd\0.txt", b"x"))
    (only,) = attached(app, talk)[1]
    assert only.name == "passwd.txt"
    assert fetch(bo, address(only)).data == b"x"


def test_photo_is_upright_and_has_no_location(app, ana, bo, talk):
    data = encoded(
        coloured_image((640, 320)),
        "JPEG",
        exif=exif_with_place(6),
        xmp=b"<x:xmpmeta>secret</x:xmpmeta>",
    )
    assert PLACE in data
    send(ana, talk, "", ("quay.jpg", data))
    (photo,) = attached(app, talk)[1]
    assert (photo.width, photo.height) == (320, 640)
    for way in ("", "?size=thumb", "?size=large", "?download"):
        answer = fetch(bo, address(photo) + way)
        assert PLACE not in answer.data
        assert b"secret" not in answer.data
        shown = ImageOps.exif_transpose(Image.open(io.BytesIO(answer.data)))
        assert shown.height > shown.width
        assert corner_colours(shown) == ["blue", "red", "white", "green"]
    assert fetch(bo, address(photo) + "?size=thumb").mimetype == "image/webp"
    with app.app_context():
        kept = {name for name, _ in stored_files.blob_store().entries()}
        assert kept == set(photo.blobs)


def test_broken_image_is_shown_as_a_plain_file(app, ana, bo, talk):
    flood = picture_header_of(50_000, 50_000)
    send(ana, talk, "", ("flood.png", flood), ("half.png", encoded(coloured_image(), "PNG")[:40]))
    for each in attached(app, talk)[1]:
        assert (each.kind, each.has_thumbnail) == ("file", False)
        assert fetch(bo, address(each)).headers["Content-Disposition"].startswith("attachment")
