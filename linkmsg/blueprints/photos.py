"""Profile photos: upload and crop one in the settings, and show it to all members."""

from flask import Blueprint, Response, abort, url_for
from flask.typing import ResponseReturnValue

from linkmsg.actions import profile as profiles
from linkmsg.forms.settings import ProfileForm
from linkmsg.storage import stored_files
from linkmsg.storage.thumbnails import SQUARES
from linkmsg.web import auth, csrf, photo_upload, rate_limits, uploads
from linkmsg.web.file_response import WEBP, file_response
from linkmsg.web.incoming_file import UploadRefused
from linkmsg.web.responses import page, redirect_after_post
from linkmsg.web.upload_discard import discard_upload

bp = Blueprint("photos", __name__)


@bp.post("/settings/photo")
@csrf.csrf_protect.exempt  # type: ignore[untyped-decorator]
def choose() -> ResponseReturnValue:
    """Replace or remove the member's photo; it is cropped to the chosen square or the center."""
    result = uploads.receive_form()
    try:
        rate_limits.enforce_action_limit(auth.viewer())
        photo = photo_upload.chosen_photo(result)
    except (UploadRefused, rate_limits.RateLimited) as error:
        return _refuse(error)
    finally:
        for file in result.files:
            discard_upload(file.key)
    previous = profiles.change_photo(auth.viewer(), photo)
    if previous:
        photo_upload.delete_photo(previous)
    sentence = "Photo updated" if photo else "Photo removed"
    return redirect_after_post(url_for("settings.profile"), sentence)


@bp.get("/photos/<photo>/<int:size>")
def photo(photo: str, size: int) -> ResponseReturnValue:
    """Send a profile photo as a square of `size` pixels; HTTP 404 for a size that is not stored.

    A new photo has a new URL, so browsers may cache it for a year.
    """
    if size not in SQUARES or not stored_files.is_key(photo):
        abort(404)
    response = file_response(f"{photo}-{size}", WEBP, f"{photo}-{size}", "photo.webp")
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


def _refuse(error: uploads.UploadError) -> Response:
    form = ProfileForm(formdata=None, obj=auth.viewer())
    return page("settings/profile.html", error.status, form=form, photo_error=str(error))
