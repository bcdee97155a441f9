"""A picture that was taken in: its copies to show, and its file without what it says beside."""

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
from linkmsg.storage import image_metadata
from linkmsg.storage.blobs import CHUNK, BlobStore, new_key, store_file
from linkmsg.storage.thumbnails import SQUARES, Box, ImageRejection, ProcessedImage, Thumbnailer

FileFields = dict[str, Any]
# The folder of the data folder in which copies are made: there a sweep finds what a kill has left.
WORK_FOLDER = "making"


def thumbnailer() -> Thumbnailer:
    """What makes pictures for the app that runs."""
    return cast(Thumbnailer, current_app.extensions["linkmsg.thumbnailer"])


def prepare_image(blobs: BlobStore, stored: FileFields) -> FileFields:
    """What more is known of a picture: its size and copies, and what is kept in its place.

    A picture that can't be read has no copies, and is a file like any other.
    """
    with blobs.as_file(stored["key"]) as path, _work_folder() as folder:
        made = thumbnailer().make_copies(path, folder)
        more = _store_copies(blobs, made) if isinstance(made, ProcessedImage) else {"kind": "file"}
        more |= _store_without_metadata(blobs, path, stored, made)
    if "key" in more:
        blobs.delete(stored["key"])
    return more


def delete_photo(blobs: BlobStore, photo: str) -> None:
    """Delete the blobs of a photo."""
    for size in SQUARES:
        blobs.delete(f"{photo}-{size}")


def store_photo(
    blobs: BlobStore, source: Path, photo: str, box: Box | None
) -> ImageRejection | None:
    """Keep the squares of a photo as its blobs, one for each size; or why there are none."""
    with _work_folder() as folder:
        made = thumbnailer().make_squares(source, folder, box)
        if isinstance(made, ImageRejection):
            return made
        for size, copy in zip(SQUARES, made.copies, strict=True):
            with copy.path.open("rb") as file, blobs.create(f"{photo}-{size}") as target:
                target.write(file.read())
    return None


def clear_work_folder(age: timedelta) -> None:
    """Clear away what has lain in the workshop for so long: nobody works on it any more."""
    for left in (settings.data_dir / WORK_FOLDER).glob("*"):
        if now() - datetime.fromtimestamp(left.stat().st_mtime, UTC) >= age:
            shutil.rmtree(left)


@contextmanager
def _work_folder() -> Iterator[Path]:
    workshop = settings.data_dir / WORK_FOLDER
    workshop.mkdir(mode=0o700, exist_ok=True)
    with TemporaryDirectory(dir=workshop) as folder:
        yield Path(folder)


def _store_copies(blobs: BlobStore, made: ProcessedImage) -> FileFields:
    small, medium, _ = made.copies
    thumb = store_file(blobs, small.path)
    large = thumb if medium.path == small.path else store_file(blobs, medium.path)
    return {"width": made.width, "height": made.height, "thumb": thumb, "large": large}


def _store_without_metadata(
    blobs: BlobStore, path: Path, stored: FileFields, made: ProcessedImage | ImageRejection
) -> FileFields:
    """What is kept in place of a picture that says more than itself; nothing if it does not."""
    if not image_metadata.may_have_metadata(path, stored["media_type"]):
        return {}
    key = new_key()
    try:
        with blobs.create(key) as target:
            image_metadata.strip_metadata(path, stored["media_type"], target.write)
    except image_metadata.UnsupportedImage:
        return _store_reencoded(blobs, stored, made)
    if target.sha256 == stored["digest"]:
        blobs.delete(key)
        return {}
    return {"key": key, "size": target.size, "digest": target.sha256}


def _store_reencoded(
    blobs: BlobStore, stored: FileFields, made: ProcessedImage | ImageRejection
) -> FileFields:
    """Its copy of the same size, in which there is nothing but the picture."""
    if isinstance(made, ImageRejection):
        return {}
    key = new_key()
    with made.copies[-1].path.open("rb") as file, blobs.create(key) as target:
        while data := file.read(CHUNK):
            target.write(data)
    name = f"{Path(stored['name']).stem}.webp"
    told = {"size": target.size, "digest": target.sha256}
    return {"key": key, "name": name, "media_type": "image/webp", **told}
