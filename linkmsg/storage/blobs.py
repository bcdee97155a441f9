"""Blobs: files by random keys, behind one small interface; `disk.py` and `s3.py` keep them."""

import hashlib
import re
import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import IO, Protocol

from linkmsg.storage.fsync import flush_to_disk

KEY = re.compile(r"[A-Za-z0-9_-]{32,64}")
# What a draft is called while it is written: nobody else's, and never taken for a blob.
DRAFT = re.compile(rf"{KEY.pattern}\.[0-9a-f]{{16}}\.part")
CHUNK = 64 * 1024
# A blob is brought to the disk by so many bytes at once: all of it at its end would hold up
# every message that is written meanwhile, for as long as the disk takes.
FLUSH_INTERVAL = 1024 * 1024


class BlobWriter:
    """Takes a blob in pieces, and counts and sums them: bytes, and SHA-256 (FIPS 180-4) in hex.

    Where the file stays it `flushes`, and comes to the disk while it is written.
    """

    def __init__(self, file: IO[bytes], *, flushes: bool = False) -> None:
        self.size, self.flushes = 0, flushes
        self._file, self._sum = file, hashlib.sha256()

    def write(self, data: bytes) -> None:
        """Add these bytes.

        Raises:
            OSError: there is no room for them, or the disk fails.
        """
        self._file.write(data)
        self._sum.update(data)
        before, self.size = self.size, self.size + len(data)
        if self.flushes and before // FLUSH_INTERVAL < self.size // FLUSH_INTERVAL:
            flush_to_disk(self._file)

    @property
    def sha256(self) -> str:
        """The sum of all that was written so far."""
        return self._sum.hexdigest()


class BlobStore(Protocol):
    """Where files are kept. A blob never changes: each has a key of its own.

    Every method raises ValueError for what can't be a key, and OSError where the disk or the
    server fails; FileNotFoundError, an OSError, where a blob that is to be read is not there.
    """

    def create(self, key: str) -> AbstractContextManager[BlobWriter]:
        """Write a blob: whole and durable after the `with`, and nothing of it after any error."""

    def open(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes of a blob from `start` to before `end`, in pieces; to its end when None."""

    def size(self, key: str) -> int | None:
        """How many bytes a blob has; None where there is none."""

    def path(self, key: str) -> Path | None:
        """Where a blob would lie as a file on this machine; None where blobs are elsewhere."""

    def as_file(self, key: str) -> AbstractContextManager[Path]:
        """A blob as a file on this machine, for those who need one; not to be changed or kept."""

    def delete(self, name: str) -> None:
        """Remove what `names` has named, or a blob by its key; one that is gone is no error."""

    def entries(self) -> Iterator[tuple[str, timedelta]]:
        """All that is kept, and for how long: blobs by their keys, drafts by names of no key.

        What is there and not ours is left out.
        """


def new_key() -> str:
    """A key that nobody can guess: 192 random bits, in 32 letters that stand in an address."""
    return secrets.token_urlsafe(24)


def new_draft_name(key: str) -> str:
    """A name for a draft of this blob, unlike that of any other."""
    return f"{key}.{secrets.token_hex(8)}.part"


def validate_key(key: str) -> str:
    """This key.

    Raises:
        ValueError: it can't be one.
    """
    if not KEY.fullmatch(key):
        raise ValueError("a blob is asked for by what is no key")
    return key


def store_file(blobs: BlobStore, file: Path) -> str:
    """Keep a copy of this file as a new blob, and say its key."""
    key = new_key()
    with file.open("rb") as source, blobs.create(key) as target:
        while data := source.read(CHUNK):
            target.write(data)
    return key
