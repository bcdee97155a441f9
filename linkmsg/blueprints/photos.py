"""Photos of members: chosen and cut in the settings, shown to everybody here."""

from flask import Blueprint, Response, abort, current_app, request, url_for
from flask.typing import ResponseReturnValue

from linkmsg.actions import profile as profiles
from linkmsg.forms.settings import ProfileForm
from linkmsg.models import Attachment
from linkmsg.storage import incoming, pictures
from linkmsg.storage.blobs import new_key
from linkmsg.storage.images import SQUARES, Box
from linkmsg.web import auth, csrf, file_response, uploads
from linkmsg.web.responses import done, page

bp = Blueprint("photos", __name__)

NO_PHOTO = "Choose a photo first."
NOT_A_PHOTO = "This is no picture that can be read here. Take a JPEG, PNG, GIF, WebP or AVIF."


@bp.post("/settings/photo")
@csrf.csrf_protect.exempt  # type: ignore[untyped-decorator]
def choose() -> ResponseReturnValue:
    """Take a photo, cut to a square: the one that was chosen, or the middle."""
    received = uploads.receive()
    try:
        return _choose(received)
    finally:
        for file in received.files:
            uploads.release(file.key)


@bp.get("/photos/<photo>/<int:size>")
def photo(photo: str, size: int) -> ResponseReturnValue:
    """A member's photo; another one has another address, so it may be kept."""
    if size not in SQUARES or not incoming.is_key(photo):
        abort(404)
    response = file_response.file_response(
        f"{photo}-{size}", file_response.COPY, f"{photo}-{size}", "photo.webp"
    )
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


def _choose(received: uploads.Received) -> ResponseReturnValue:
    if "remove" in request.form:
        return _show(None, "Your photo is removed.")
    if received.fault or not received.files:
        return _refuse(received.fault or uploads.UploadRefused(422, NO_PHOTO))
    source = received.files[-1]
    photo = new_key() if source.has_thumbnail else None
    if photo is None or not _cut(source, photo):
        return _refuse(uploads.UploadRefused(422, NOT_A_PHOTO))
    return _show(photo, "Your photo is changed.")


def _cut(source: Attachment, photo: str) -> bool:
    """Keep the squares of a photo; whether it could be read."""
    blobs = incoming.blobs()
    with blobs.as_file(source.key) as path:
        return pictures.squares(blobs, path, photo, _box(source)) is None


def _box(source: Attachment) -> Box | None:
    """What is cut out: `left` and `top` of the free room and `size` of the shorter side, 0 to 1."""
    try:
        left, top, size = (float(request.form[name]) for name in ("left", "top", "size"))
    except (KeyError, ValueError):
        return None
    width, height = source.width or 0, source.height or 0
    if not all(0 <= each <= 1 for each in (left, top, size)):
        return None
    side = max(1, round(size * min(width, height)))
    x, y = round(left * (width - side)), round(top * (height - side))
    return x, y, x + side, y + side


def _show(photo: str | None, sentence: str) -> ResponseReturnValue:
    before = profiles.change_photo(auth.viewer(), photo)
    if before:
        try:
            pictures.delete_squares(incoming.blobs(), before)
        except OSError:
            current_app.logger.exception("a photo was not deleted; the sweep will")
    return done(url_for("settings.profile"), sentence)


def _refuse(fault: uploads.Fault) -> Response:
    form = ProfileForm(formdata=None, obj=auth.viewer())
    return page("settings/profile.html", fault.status, form=form, photo_fault=str(fault))
