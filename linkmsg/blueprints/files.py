"""Files: uploads by the page's script, and downloads for members who have access."""

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from linkmsg.actions import attachments
from linkmsg.models.attachment import MAX_SIZE
from linkmsg.web import auth, csrf, permissions, uploads
from linkmsg.web.file_response import WEBP, file_response
from linkmsg.web.incoming_file import FILE_TOO_LARGE
from linkmsg.web.input_checks import CUT_OFF
from linkmsg.web.responses import page
from linkmsg.web.upload_discard import discard_upload

bp = Blueprint("files", __name__)


@bp.post("/files")
@csrf.csrf_protect.exempt  # type: ignore[untyped-decorator]
def upload() -> ResponseReturnValue:
    """Store one file to send later, and return its entry in the composer's attachment list."""
    if (request.content_length or 0) > MAX_SIZE + uploads.FORM_OVERHEAD:
        return page("files/upload_error.html", 413, sentence=FILE_TOO_LARGE.format("This file"))
    result = uploads.receive_form()
    if result.error:
        return uploads.error_response(result.error)
    if not result.files:
        return page("files/upload_error.html", 400, sentence=CUT_OFF)
    return page("files/upload.html", 201, attachment=result.files[-1])


@bp.post("/uploads/<key>/discard")
def discard(key: str) -> ResponseReturnValue:
    """Delete a file that the signed-in member uploaded but did not send; HTTP 404 if none."""
    if not discard_upload(key):
        abort(404)
    return Response(status=204)


@bp.post("/uploads/<key>/describe")
def describe(key: str) -> ResponseReturnValue:
    """Save the alternative text of an image that the member has not sent yet; HTTP 404 if none."""
    if attachments.set_alt_text(auth.viewer(), key, request.form.get("alt", "")) is None:
        abort(404)
    return Response(status=204)


@bp.get("/files/<key>/<name>")
def file(key: str, name: str) -> ResponseReturnValue:
    """Send an attachment, or a smaller copy of an image (`?size=thumb` or `?size=large`)."""
    attachment = permissions.attachment(key)
    size = request.args.get("size", "")
    copy = {"thumb": attachment.thumb, "large": attachment.large}.get(size)
    if copy:
        return file_response(copy, WEBP, copy, f"{attachment.name}.webp")
    kind = attachment.media_type
    inline = attachment.is_inline and request.args.get("download") is None
    return file_response(attachment.key, kind, attachment.digest, attachment.name, inline=inline)
