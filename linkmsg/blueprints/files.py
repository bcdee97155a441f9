"""Files: one uploaded at a time by the page's script, and every file to those who may have it."""

from typing import IO, cast

from flask import Blueprint, Response, abort, current_app, request, send_file
from flask.typing import ResponseReturnValue
from werkzeug.wsgi import FileWrapper

from linkmsg.actions import attachments
from linkmsg.blueprints import access, uploads
from linkmsg.blueprints.answers import page
from linkmsg.models.attachment import LARGEST
from linkmsg.storage import incoming
from linkmsg.storage.blobs import CHUNK, Blobs
from linkmsg.storage.names import disposition
from linkmsg.storage.reading import BlobFile

door = Blueprint("files", __name__)

# A file is no page of ours: whatever it holds may do nothing (CSP 3; Fetch, 3.7).
SANDBOX = "default-src 'none'; sandbox"
HEADERS = {
    "Content-Security-Policy": SANDBOX,
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
# Chromium shows no PDF in a sandbox; its viewer is one of its own.
OF_PDF = HEADERS | {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
COPY = "image/webp"


@door.post("/files")
@uploads.csrf.exempt  # type: ignore[untyped-decorator]
def upload() -> ResponseReturnValue:
    """Take one file, to be sent later: the chip that stands for it in the composer."""
    if (request.content_length or 0) > LARGEST + uploads.AROUND:
        return page("files/upload_error.html", 413, sentence=uploads.TOO_LARGE.format("This file"))
    received = uploads.receive()
    if received.fault:
        return uploads.refusal(received.fault)
    if not received.files:
        return page("files/upload_error.html", 400, sentence=uploads.CUT_OFF)
    return page("files/upload.html", 201, attachment=received.files[-1])


@door.post("/uploads/<key>/discard")
def discard(key: str) -> ResponseReturnValue:
    """Take back a file that was not sent."""
    if not uploads.release(key):
        abort(404)
    return Response(status=204)


@door.post("/uploads/<key>/describe")
def describe(key: str) -> ResponseReturnValue:
    """Say what an image shows, for those who can't see it."""
    if attachments.describe(access.viewer(), key, request.form.get("alt", "")) is None:
        abort(404)
    return Response(status=204)


@door.get("/files/<key>/<name>")
def file(key: str, name: str) -> ResponseReturnValue:
    """A file, or a copy of an image by `size`: to who takes part where it was sent."""
    attachment = access.attachment(key)
    size = request.args.get("size", "")
    copy = {"thumb": attachment.thumb, "large": attachment.large}.get(size)
    if copy:
        return answer(copy, COPY, copy, f"{attachment.name}.webp")
    kind = attachment.media_type
    inline = attachment.is_inline and request.args.get("download") is None
    return answer(attachment.key, kind, attachment.digest, attachment.name, inline=inline)


def answer(key: str, media_type: str, etag: str, name: str, *, inline: bool = True) -> Response:
    """A blob as a file of this type and name, with the headers that every file has."""
    try:
        response = _content(incoming.blobs(), key, media_type, etag)
    except FileNotFoundError:
        current_app.logger.error("the blob %s is not there", key)
        abort(404)
    response.headers.update(OF_PDF if media_type == "application/pdf" else HEADERS)
    if media_type.startswith("image/"):
        # Browsers show a picture in a page of their own, which has a style.
        response.headers["Content-Security-Policy"] = f"{SANDBOX}; style-src 'unsafe-inline'"
    response.headers["Content-Disposition"] = disposition(name, inline=inline)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _content(blobs: Blobs, key: str, media_type: str, etag: str) -> Response:
    """All of a blob, or what a request asks of it (RFC 9110, 13 and 14)."""
    path = blobs.path(key)
    if path is not None:
        return send_file(path, media_type, etag=etag, conditional=True, last_modified=None)
    size = blobs.size(key)
    if size is None:
        raise FileNotFoundError(key)
    file = cast("IO[bytes]", BlobFile(blobs, key, size))
    response = Response(FileWrapper(file, CHUNK), mimetype=media_type, direct_passthrough=True)
    response.content_length = size
    response.set_etag(etag)
    response.make_conditional(request, accept_ranges=True, complete_length=size)
    return response
