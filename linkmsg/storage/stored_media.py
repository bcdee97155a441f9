"""Prepares uploaded pictures, films and sound: without metadata, and with copies of images.

Nothing that says where, when or with which device they were made is stored.
"""

import hashlib
from pathlib import Path
from typing import Any

from linkmsg.storage import stored_images
from linkmsg.storage.blobs import BlobStore, store_file
from linkmsg.storage.file_types import (
    HEAD_SIZE,
    HEIF,
    JPEG,
    MP4,
    RAW,
    UNKNOWN,
    FileType,
    detect_file_type,
    iso_media_type,
)
from linkmsg.storage.thumbnails import CleanFile, ImageRejection

FileFields = dict[str, Any]
# The formats that can't be cleaned, with the reason.
REFUSED = {RAW: ImageRejection.RAW, UNKNOWN: ImageRejection.UNCLEAN}
ISO = MP4.form


class FileRefused(Exception):
    """The metadata can't be removed from a file, so it is not stored; `reason` says why."""

    def __init__(self, reason: ImageRejection) -> None:
        super().__init__(reason.value)
        self.reason = reason


def prepare(
    blobs: BlobStore, stored: FileFields, file_type: FileType, member_id: int
) -> FileFields:
    """Replace a stored file by one without metadata; store smaller copies of an image.

    `stored` has the columns of the attachment; return those that change or are new. If `key` is
    among them, the caller must delete the old file. An image that can't be decoded, or only at too
    high a cost, becomes a plain file (`kind` is "file") without copies. An image in HEIF, which few
    browsers show, becomes a JPEG. `member_id` is the member who uploaded it.

    Raises:
        FileRefused: the metadata can't be removed.
    """
    if not file_type.form:
        return type_fields(file_type)
    with blobs.as_file(stored["key"]) as path, stored_images.work_folder() as folder:
        cleaned = _clean(path, folder, file_type, member_id)
        if file_type.group == "image":
            return _prepare_image(blobs, stored, file_type, cleaned, member_id)
        if file_type.form == ISO:
            file_type = iso_media_type(cleaned.tracks)
        return type_fields(file_type) | _replace(blobs, stored, cleaned.path)


def type_fields(file_type: FileType) -> FileFields:
    """Return the columns of an attachment that say of which type it is."""
    kind = "file" if file_type.group == "other" else file_type.group
    return {"kind": kind, "media_type": file_type.media_type}


def clean_again(blobs: BlobStore, stored: FileFields, member_id: int) -> FileFields:
    """Replace a file that was stored before its kind was cleaned by one without metadata.

    Smaller copies of an image stay as they are. Otherwise it does the same as `prepare`.

    Raises:
        FileRefused: the metadata can't be removed.
    """
    head = b"".join(blobs.open(stored["key"], 0, HEAD_SIZE))
    file_type = detect_file_type(head)
    if not stored["thumb"]:
        return prepare(blobs, stored, file_type, member_id)
    with blobs.as_file(stored["key"]) as path, stored_images.work_folder() as folder:
        return _replace(blobs, stored, _clean(path, folder, file_type, member_id).path)


def _clean(path: Path, folder: Path, file_type: FileType, member_id: int) -> CleanFile:
    if file_type.form in REFUSED:
        raise FileRefused(REFUSED[file_type.form])
    is_image = file_type.group == "image"
    cleaned = stored_images.thumbnailer().clean(
        path, folder, member_id, file_type.form, is_image=is_image
    )
    answer = stored_images.unless_disk_failed(cleaned, folder)
    if isinstance(answer, ImageRejection):
        raise FileRefused(answer)
    return answer


def _prepare_image(
    blobs: BlobStore, stored: FileFields, file_type: FileType, cleaned: CleanFile, member_id: int
) -> FileFields:
    is_heif = file_type is HEIF
    copies = stored_images.make_copies(cleaned, cleaned.path.parent, member_id, with_jpeg=is_heif)
    if not copies:
        more = {"kind": "file", "media_type": file_type.media_type}
        return more | _replace(blobs, stored, cleaned.path)
    content, more = cleaned.path, stored_images.store_copies(blobs, copies)
    if is_heif:
        content, file_type = copies.copies[-1].path, JPEG
        more["name"] = f"{Path(stored['name']).stem}.jpg"
    return more | type_fields(file_type) | _replace(blobs, stored, content)


def _replace(blobs: BlobStore, stored: FileFields, content: Path) -> FileFields:
    """Store a file under a new key, unless it is the same as the stored one.

    Return the columns of the attachment that change.
    """
    with content.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest == stored["digest"]:
        return {}
    key = store_file(blobs, content)
    return {"key": key, "size": content.stat().st_size, "digest": digest}
