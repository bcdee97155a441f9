"""Stores uploaded images: without metadata such as the place, with thumbnails; profile photos."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from flask import current_app

from linkmsg.clock import now
from linkmsg.config import settings
from linkmsg.disk_space import check_space
from linkmsg.storage import image_metadata
from linkmsg.storage.blobs import CHUNK, BlobStore, new_key, store_file
from linkmsg.storage.thumbnails import SQUARES, Box, ImageRejection, ProcessedImage, Thumbnailer

FileFields = dict[str, Any]
# The subfolder of the data folder for files in progress. A sweep clears what a crash leaves.
WORK_FOLDER = "making"


def thumbnailer() -> Thumbnailer:
    """Return the object of the current app that makes thumbnails in a child process."""
    return cast(Thumbnailer, current_app.extensions["linkmsg.thumbnailer"])


def prepare_image(blobs: BlobStore, stored: FileFields, member_id: int) -> FileFields:
    """Store smaller copies of a stored image, and replace its file by one without metadata.

    `stored` has the columns of the image's attachment; return those that change. An image that
    can't be decoded, or only at too high a cost, becomes a plain file (`kind` is "file") without
    copies. `member_id` is the member who uploaded it.
    """
    with blobs.as_file(stored["key"]) as path, _work_folder() as folder:
        copies = thumbnailer().make_copies(path, folder, member_id)
        processed = _unless_disk_failed(copies, folder)
        more = (
            _store_copies(blobs, processed)
            if isinstance(processed, ProcessedImage)
            else {"kind": "file"}
        )
        try:
            more |= _store_without_metadata(blobs, path, stored)
        except image_metadata.UnsupportedImage:
            if isinstance(processed, ProcessedImage):
                full = _full_copy(path, folder, processed, member_id)
                more |= _store_reencoded(blobs, stored, full)
    if "key" in more:
        blobs.delete(stored["key"])
    return more


def delete_squares(blobs: BlobStore, photo: str) -> None:
    """Delete a profile photo: the blobs with its square copies, one per size in `SQUARES`."""
    for size in SQUARES:
        blobs.delete(f"{photo}-{size}")


def store_squares(
    blobs: BlobStore, source: Path, photo: str, member_id: int, box: Box | None
) -> ImageRejection | None:
    """Store square copies of an image as a profile photo, one blob per size in `SQUARES`.

    `photo` is the beginning of their keys. `box` is the part to show; None is the largest square
    in the centre. Return None, or the reason if the image can't be used.
    """
    with _work_folder() as folder:
        squares = thumbnailer().make_squares(source, folder, member_id, box)
        processed = _unless_disk_failed(squares, folder)
        if isinstance(processed, ImageRejection):
            return processed
        for size, copy in zip(SQUARES, processed.copies, strict=True):
            with copy.path.open("rb") as file, blobs.create(f"{photo}-{size}") as target:
                target.write(file.read())
    return None


def clear_work_folder(age: timedelta) -> None:
    """Delete folders of at least this age in which a crashed process was making copies."""
    for folder in (settings.data_dir / WORK_FOLDER).glob("*"):
        if now() - datetime.fromtimestamp(folder.stat().st_mtime, UTC) >= age:
            shutil.rmtree(folder)


@contextmanager
def _work_folder() -> Iterator[Path]:
    parent = settings.data_dir / WORK_FOLDER
    parent.mkdir(mode=0o700, exist_ok=True)
    with TemporaryDirectory(dir=parent) as folder:
        yield Path(folder)


def _unless_disk_failed(
    processed: ProcessedImage | ImageRejection, folder: Path
) -> ProcessedImage | ImageRejection:
    """Return what the thumbnailer answered, unless the disk or others are to blame.

    Raises:
        OSError: the disk is full or failed, or (with EAGAIN) too many images came at once.
    """
    if processed is ImageRejection.BUSY:
        raise OSError(errno.EAGAIN, processed.value)
    if processed is ImageRejection.LATER:
        check_space(folder)
        raise OSError(errno.EIO, processed.value)
    return processed


def _store_copies(blobs: BlobStore, processed: ProcessedImage) -> FileFields:
    small, medium = processed.copies
    thumb = store_file(blobs, small.path)
    large = thumb if medium.path == small.path else store_file(blobs, medium.path)
    return {"width": processed.width, "height": processed.height, "thumb": thumb, "large": large}


def _store_without_metadata(blobs: BlobStore, path: Path, stored: FileFields) -> FileFields:
    """Store an image again without its metadata, under a new key.

    Return the columns of its attachment that change; an empty dict if there was no metadata.

    Raises:
        UnsupportedImage: the metadata can't be removed.
    """
    if not image_metadata.may_have_metadata(path, stored["media_type"]):
        return {}
    key = new_key()
    with blobs.create(key) as target:
        image_metadata.strip_metadata(path, stored["media_type"], target.write)
    if target.sha256 == stored["digest"]:
        blobs.delete(key)
        return {}
    return {"key": key, "size": target.size, "digest": target.sha256}


def _full_copy(path: Path, folder: Path, processed: ProcessedImage, member_id: int) -> Path:
    """Return a WebP copy of an image in its full size, or the largest copy if that is too heavy."""
    largest = processed.copies[-1]
    if largest.width < processed.width:
        full = thumbnailer().make_full_copy(path, folder, member_id)
        if isinstance(full, ProcessedImage):
            return full.copies[0].path
    return largest.path


def _store_reencoded(blobs: BlobStore, stored: FileFields, copy: Path) -> FileFields:
    """Store a WebP copy under a new key, to replace a file with metadata.

    Return the columns of its attachment that change.
    """
    key = new_key()
    with copy.open("rb") as file, blobs.create(key) as target:
        while data := file.read(CHUNK):
            target.write(data)
    name = f"{Path(stored['name']).stem}.webp"
    content = {"size": target.size, "digest": target.sha256}
    return {"key": key, "name": name, "media_type": "image/webp", **content}
