"""Files: one uploaded at a time by the page's script, and every file to those who may have it."""

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from linkmsg.actions import attachments
from linkmsg.models.attachment import MAX_SIZE
from linkmsg.web import auth, csrf, permissions, uploads
from linkmsg.web.file_response import COPY, file_response
from linkmsg.web.responses import page

bp = Blueprint("files", __name__)


@bp.post("/files")
@csrf.csrf_protect.exempt  # type: ignore[untyped-decorator]
def upload() -> ResponseReturnValue:
    """Take one file, to be sent later: the chip that stands for it in the composer."""
    if (request.content_length or 0) > MAX_SIZE + uploads.AROUND:
        return page("files/upload_error.html", 413, sentence=uploads.TOO_LARGE.format("This file"))
    received = uploads.receive()
    if received.fault:
        return uploads.refusal(received.fault)
    if not received.files:
        return page("files/upload_error.html", 400, sentence=uploads.CUT_OFF)
    return page("files/upload.html", 201, attachment=received.files[-1])


@bp.post("/uploads/<key>/discard")
def discard(key: str) -> ResponseReturnValue:
    """Take back a file that was not sent."""
    if not uploads.release(key):
        abort(404)
    return Response(status=204)


@bp.post("/uploads/<key>/describe")
def describe(key: str) -> ResponseReturnValue:
    """Say what an image shows, for those who can't see it."""
    if attachments.set_alt_text(auth.viewer(), key, request.form.get("alt", "")) is None:
        abort(404)
    return Response(status=204)


@bp.get("/files/<key>/<name>")
def file(key: str, name: str) -> ResponseReturnValue:
    """A file, or a copy of an image by `size`: to who takes part where it was sent."""
    attachment = permissions.attachment(key)
    size = request.args.get("size", "")
    copy = {"thumb": attachment.thumb, "large": attachment.large}.get(size)
    if copy:
        return file_response(copy, COPY, copy, f"{attachment.name}.webp")
    kind = attachment.media_type
    inline = attachment.is_inline and request.args.get("download") is None
    return file_response(attachment.key, kind, attachment.digest, attachment.name, inline=inline)
