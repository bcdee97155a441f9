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
from linkmsg.storage import metadata
from linkmsg.storage.blobs import CHUNK, Blobs, keep, new_key
from linkmsg.storage.images import SQUARES, Box, Made, Refusal, Thumbnailer

Stored = dict[str, Any]
# The folder of the data folder in which copies are made: there a sweep finds what a kill has left.
WORKSHOP = "making"


def thumbnailer() -> Thumbnailer:
    """What makes pictures for the app that runs."""
    return cast(Thumbnailer, current_app.extensions["linkmsg.thumbnailer"])


def taken_in(blobs: Blobs, stored: Stored) -> Stored:
    """What more is known of a picture: its size and copies, and what is kept in its place.

    A picture that can't be read has no copies, and is a file like any other.
    """
    with blobs.as_file(stored["key"]) as path, _bench() as folder:
        made = thumbnailer().copies(path, folder)
        more = _with_copies(blobs, made) if isinstance(made, Made) else {"kind": "file"}
        more |= _without_words(blobs, path, stored, made)
    if "key" in more:
        blobs.delete(stored["key"])
    return more


def delete_squares(blobs: Blobs, photo: str) -> None:
    """Delete the blobs of a photo."""
    for size in SQUARES:
        blobs.delete(f"{photo}-{size}")


def squares(blobs: Blobs, source: Path, photo: str, box: Box | None) -> Refusal | None:
    """Keep the squares of a photo as its blobs, one for each size; or why there are none."""
    with _bench() as folder:
        made = thumbnailer().squares(source, folder, box)
        if isinstance(made, Refusal):
            return made
        for size, copy in zip(SQUARES, made.copies, strict=True):
            with copy.path.open("rb") as file, blobs.adding(f"{photo}-{size}") as target:
                target.write(file.read())
    return None


def tidy(age: timedelta) -> None:
    """Clear away what has lain in the workshop for so long: nobody works on it any more."""
    for left in (settings.data_dir / WORKSHOP).glob("*"):
        if now() - datetime.fromtimestamp(left.stat().st_mtime, UTC) >= age:
            shutil.rmtree(left)


@contextmanager
def _bench() -> Iterator[Path]:
    workshop = settings.data_dir / WORKSHOP
    workshop.mkdir(mode=0o700, exist_ok=True)
    with TemporaryDirectory(dir=workshop) as folder:
        yield Path(folder)


def _with_copies(blobs: Blobs, made: Made) -> Stored:
    small, medium, _ = made.copies
    thumb = keep(blobs, small.path)
    large = thumb if medium.path == small.path else keep(blobs, medium.path)
    return {"width": made.width, "height": made.height, "thumb": thumb, "large": large}


def _without_words(blobs: Blobs, path: Path, stored: Stored, made: Made | Refusal) -> Stored:
    """What is kept in place of a picture that says more than itself; nothing if it does not."""
    if not metadata.has_words(path, stored["media_type"]):
        return {}
    key = new_key()
    try:
        with blobs.adding(key) as target:
            metadata.cut(path, stored["media_type"], target.write)
    except metadata.NotUnderstood:
        return _copied(blobs, stored, made)
    if target.sha256 == stored["digest"]:
        blobs.delete(key)
        return {}
    return {"key": key, "size": target.size, "digest": target.sha256}


def _copied(blobs: Blobs, stored: Stored, made: Made | Refusal) -> Stored:
    """Its copy of the same size, in which there is nothing but the picture."""
    if isinstance(made, Refusal):
        return {}
    key = new_key()
    with made.copies[-1].path.open("rb") as file, blobs.adding(key) as target:
        while data := file.read(CHUNK):
            target.write(data)
    name = f"{Path(stored['name']).stem}.webp"
    told = {"size": target.size, "digest": target.sha256}
    return {"key": key, "name": name, "media_type": "image/webp", **told}
