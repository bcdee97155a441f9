"""Profile photos: crop an uploaded image and store it in the sizes that pages need."""

from flask import current_app, request

from linkmsg.models import Attachment
from linkmsg.storage import stored_files, stored_images
from linkmsg.storage.blobs import new_key
from linkmsg.storage.thumbnails import Box
from linkmsg.web.incoming_file import UploadRefused
from linkmsg.web.uploads import UploadResult

NO_PHOTO = "Choose a photo first."
UNUSABLE = (
    "This image can’t be used. It may be damaged or too large, or the server may be busy."
    " Try a smaller one."
)
NOT_A_PHOTO = "This image can’t be read. Choose a JPEG, HEIC, PNG, GIF, WebP or AVIF image."


def chosen_photo(result: UploadResult) -> str | None:
    """Store the photo that a form uploaded in all sizes, and return its key; None to remove it.

    Raises:
        UploadRefused: There is no photo, it can't be read, or the form was not read to its end.
        RateLimited: The member has uploaded too many files.
    """
    if result.error:
        raise result.error
    return None if "remove" in request.form else _store_photo(result)


def _store_photo(result: UploadResult) -> str:
    if not result.files:
        raise UploadRefused(422, NO_PHOTO)
    source, photo = result.files[-1], new_key()
    if not (source.has_thumbnail and _store_squares(source, photo)):
        is_picture = source.media_type.startswith("image/")
        raise UploadRefused(422, UNUSABLE if is_picture else NOT_A_PHOTO)
    return photo


def delete_photo(photo: str) -> None:
    """Delete all sizes of a stored photo; if that fails, a cleanup job deletes them later."""
    try:
        stored_images.delete_squares(stored_files.blob_store(), photo)
    except OSError:
        current_app.logger.exception("could not delete a photo; the sweep will")


def _store_squares(source: Attachment, photo: str) -> bool:
    """Store a photo, cropped to a square, in each size; return whether it could be read."""
    blobs = stored_files.blob_store()
    with blobs.as_file(source.key) as path:
        box, member_id = _crop_box(source), source.uploader_id
        pixels = (source.width or 0) * (source.height or 0)
        return stored_images.store_squares(blobs, path, photo, member_id, box, pixels) is None


def _crop_box(source: Attachment) -> Box | None:
    """Return the crop that the form asks for: left, top, right and bottom, in pixels.

    None, which means a square in the center, if its fields are missing or invalid. Each field is a
    fraction from 0 to 1: `size` of the image's shorter side, `left` and `top` of the space that
    remains beside the square.
    """
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
