"""Prepares uploaded pictures, films and sound: without metadata, and with copies of images.

Nothing that says where, when or with which device they were made is stored.
"""

import hashlib
from pathlib import Path
from typing import Any

from linkmsg.storage import stored_images
from linkmsg.storage.blobs import BlobStore, store_file
from linkmsg.storage.file_types import RAW, UNKNOWN, FileType, iso_media_type
from linkmsg.storage.thumbnails import CleanFile, ImageRejection

FileFields = dict[str, Any]
# The formats that can't be cleaned, with the reason.
REFUSED = {RAW: ImageRejection.RAW, UNKNOWN: ImageRejection.UNCLEAN}
HEIF, JPEG = "image/heic", "image/jpeg"


class FileRefused(Exception):
    """The metadata can't be removed from a file, so it is not stored; `reason` says why."""

    def __init__(self, reason: ImageRejection) -> None:
        super().__init__(reason.value)
        self.reason = reason


def prepare(
    blobs: BlobStore, stored: FileFields, file_type: FileType, member_id: int
) -> FileFields:
    """Replace a stored file by one without metadata; store smaller copies of an image.

    `stored` has the columns of the attachment; return those that change. An image that can't be
    decoded, or only at too high a cost, becomes a plain file (`kind` is "file") without copies. An
    image in HEIF, which few browsers show, becomes a JPEG. `member_id` is the member who uploaded
    it.

    Raises:
        FileRefused: the metadata can't be removed.
    """
    if not file_type.form:
        return {}
    if file_type.form in REFUSED:
        raise FileRefused(REFUSED[file_type.form])
    with blobs.as_file(stored["key"]) as path, stored_images.work_folder() as folder:
        cleaned = _clean(path, folder, file_type, member_id)
        more = _fields_by_tracks(file_type, cleaned)
        content = cleaned.path
        if file_type.group == "image":
            copies = stored_images.make_copies(
                cleaned, folder, member_id, with_jpeg=file_type.media_type == HEIF
            )
            more |= stored_images.store_copies(blobs, copies) if copies else {"kind": "file"}
            if copies and file_type.media_type == HEIF:
                content = copies.copies[-1].path
                more |= {"name": f"{Path(stored['name']).stem}.jpg", "media_type": JPEG}
        more |= _replace(blobs, stored, content)
    if "key" in more:
        blobs.delete(stored["key"])
    return more


def _clean(path: Path, folder: Path, file_type: FileType, member_id: int) -> CleanFile:
    is_image = file_type.group == "image"
    cleaned = stored_images.thumbnailer().clean(
        path, folder, member_id, file_type.form, is_image=is_image
    )
    answer = stored_images.unless_disk_failed(cleaned, folder)
    if isinstance(answer, ImageRejection):
        raise FileRefused(answer)
    return answer


def _fields_by_tracks(file_type: FileType, cleaned: CleanFile) -> FileFields:
    """Return the columns that depend on what is in a film or a sound in MP4."""
    if file_type.form != "iso" or file_type.group == "image":
        return {}
    found = iso_media_type(cleaned.tracks)
    return {
        "media_type": found.media_type,
        "kind": "file" if found.group == "other" else found.group,
    }


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
