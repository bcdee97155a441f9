"""Stores smaller copies of uploaded images, and profile photos."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar, cast

from flask import current_app

from linkmsg.clock import now
from linkmsg.config import settings
from linkmsg.disk_space import check_space
from linkmsg.storage.blobs import BlobStore, store_file
from linkmsg.storage.thumbnails import (
    SQUARES,
    Box,
    CleanFile,
    ImageRejection,
    ProcessedImage,
    Thumbnailer,
)

FileFields = dict[str, Any]
T = TypeVar("T")
# The subfolder of the data folder for files in progress. A sweep clears what a crash leaves.
WORK_FOLDER = "making"


def thumbnailer() -> Thumbnailer:
    """Return the object of the current app that makes thumbnails in a child process."""
    return cast(Thumbnailer, current_app.extensions["linkmsg.thumbnailer"])


def make_copies(
    cleaned: CleanFile, folder: Path, member_id: int, *, with_jpeg: bool
) -> ProcessedImage | None:
    """Make smaller copies of an image in a folder; None if it can't be decoded at a fair cost.

    With `with_jpeg` the last one is a JPEG in full size.
    """
    copies = thumbnailer().make_copies(
        cleaned.path, folder, member_id, cleaned.pixels, with_jpeg=with_jpeg
    )
    processed = unless_disk_failed(copies, folder)
    return processed if isinstance(processed, ProcessedImage) else None


def store_copies(blobs: BlobStore, processed: ProcessedImage) -> FileFields:
    """Store the smaller copies of an image; return the columns of its attachment that change."""
    small, medium = processed.copies[:2]
    thumb = store_file(blobs, small.path)
    large = thumb if medium.path == small.path else store_file(blobs, medium.path)
    return {"width": processed.width, "height": processed.height, "thumb": thumb, "large": large}


def delete_squares(blobs: BlobStore, photo: str) -> None:
    """Delete a profile photo: the blobs with its square copies, one per size in `SQUARES`."""
    for size in SQUARES:
        blobs.delete(f"{photo}-{size}")


def store_squares(
    blobs: BlobStore, source: Path, photo: str, member_id: int, box: Box | None, pixels: int
) -> ImageRejection | None:
    """Store square copies of an image as a profile photo, one blob per size in `SQUARES`.

    `photo` is the beginning of their keys. `box` is the part to show; None is the largest square
    in the centre; `pixels` is how many the image has. Return None, or the reason if the image can't
    be used.
    """
    with work_folder() as folder:
        squares = thumbnailer().make_squares(source, folder, member_id, box, pixels)
        processed = unless_disk_failed(squares, folder)
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
def work_folder() -> Iterator[Path]:
    """Yield a new folder for files in progress, which is deleted when the `with` block ends."""
    parent = settings.data_dir / WORK_FOLDER
    parent.mkdir(mode=0o700, exist_ok=True)
    with TemporaryDirectory(dir=parent) as folder:
        yield Path(folder)


def unless_disk_failed(answer: T | ImageRejection, folder: Path) -> T | ImageRejection:
    """Return what the thumbnailer answered, unless the disk or others are to blame.

    Raises:
        OSError: the disk is full or failed, or (with EAGAIN) too many images came at once.
    """
    if answer is ImageRejection.BUSY:
        raise OSError(errno.EAGAIN, answer.value)
    if answer is ImageRejection.LATER:
        check_space(folder)
        raise OSError(errno.EIO, answer.value)
    return answer
