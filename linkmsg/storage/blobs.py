"""Defines how files are stored; `disk.py` and `s3.py` implement it.

A blob is a stored file. It has a random key instead of a name, and never changes.
"""

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
# Names of unfinished blobs: unique to their writer, and no valid key.
DRAFT = re.compile(rf"{KEY.pattern}\.[0-9a-f]{{16}}\.part")
CHUNK = 64 * 1024
# Bytes between two flushes to disk. One flush at the end of a large blob would block the commits
# of messages for as long as the disk takes.
FLUSH_INTERVAL = 1024 * 1024


class BlobWriter:
    """Writes a blob (stored file) in pieces, and computes its size and its SHA-256 (FIPS 180-4).

    With `flushes` the file is written through to the disk (fsync) every `FLUSH_INTERVAL` bytes.
    """

    def __init__(self, file: IO[bytes], *, flushes: bool = False) -> None:
        self.size, self.flushes = 0, flushes
        self._file, self._hash = file, hashlib.sha256()

    def write(self, data: bytes) -> None:
        """Append bytes to the blob.

        Raises:
            OSError: the disk is full or fails.
        """
        self._file.write(data)
        self._hash.update(data)
        before, self.size = self.size, self.size + len(data)
        if self.flushes and before // FLUSH_INTERVAL < self.size // FLUSH_INTERVAL:
            flush_to_disk(self._file)

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the bytes written so far, in hexadecimal."""
        return self._hash.hexdigest()


class BlobStore(Protocol):
    """Stores files (blobs), each under a key from `new_key`; they never change.

    Every method raises ValueError for an invalid key, and OSError if the disk or the server
    fails; reading a missing blob raises FileNotFoundError, which is an OSError.
    """

    def create(self, key: str) -> AbstractContextManager[BlobWriter]:
        """Yield a writer for a new blob, which is stored when the `with` block ends.

        From then on it survives a crash. After an error in the block nothing is stored.
        """

    def open(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Yield a blob in chunks, from byte `start` up to but excluding `end` (None: all)."""

    def size(self, key: str) -> int | None:
        """Return the size of a blob in bytes; None if it does not exist."""

    def path(self, key: str) -> Path | None:
        """Return the path of a blob's local file, whether it exists or not.

        None if blobs are not stored on this machine.
        """

    def as_file(self, key: str) -> AbstractContextManager[Path]:
        """Yield the path of a local file with a blob's content, to be used in the `with` block."""

    def delete(self, name: str) -> None:
        """Delete a blob by its key, or an unfinished one by its name in `entries`.

        A missing one is no error.
        """

    def entries(self) -> Iterator[tuple[str, timedelta]]:
        """Yield (name, time since its last change) of each blob and each unfinished blob.

        The name of a blob is its key; an unfinished one has a longer name. Files that are neither
        are skipped.
        """


def new_key() -> str:
    """Return a new unguessable key: 192 random bits as 32 URL-safe characters."""
    return secrets.token_urlsafe(24)


def new_draft_name(key: str) -> str:
    """Return a unique name for the temporary file of a blob that is being written."""
    return f"{key}.{secrets.token_hex(8)}.part"


def validate_key(key: str) -> str:
    """Return a key unchanged if it has the form of one: 32 to 64 URL-safe characters.

    Raises:
        ValueError: it has another form.
    """
    if not KEY.fullmatch(key):
        raise ValueError("invalid blob key")
    return key


def store_file(blobs: BlobStore, file: Path) -> str:
    """Store a copy of a local file as a new blob, and return the key of the blob."""
    key = new_key()
    with file.open("rb") as source, blobs.create(key) as target:
        while data := source.read(CHUNK):
            target.write(data)
    return key
