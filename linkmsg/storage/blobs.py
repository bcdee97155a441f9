"""The interface of blob stores; disk.py and s3.py implement it. A blob is a file with a key."""

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
    """Writes a blob in pieces, and computes its size and its SHA-256 (FIPS 180-4).

    With `flushes` it also flushes the file to disk from time to time.
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
        """Return the digest of the bytes written so far, in hexadecimal."""
        return self._hash.hexdigest()


class BlobStore(Protocol):
    """Storage of immutable blobs by key.

    Every method raises ValueError for an invalid key, and OSError if the disk or the server
    fails; reading a missing blob raises FileNotFoundError, which is an OSError.
    """

    def create(self, key: str) -> AbstractContextManager[BlobWriter]:
        """Write a blob. After the `with` it is complete and durable; after an error it is gone."""

    def open(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Read a blob in chunks, from `start` up to but excluding `end` (None: to its end)."""

    def size(self, key: str) -> int | None:
        """Return the size of a blob in bytes; None if it does not exist."""

    def path(self, key: str) -> Path | None:
        """Return the local file of a blob, existing or not; None if blobs are stored remotely."""

    def as_file(self, key: str) -> AbstractContextManager[Path]:
        """Yield a local file with a blob's content, to be read within the `with` only."""

    def delete(self, name: str) -> None:
        """Delete a blob by its key, or an entry by its name; a missing one is no error."""

    def entries(self) -> Iterator[tuple[str, timedelta]]:
        """List names and ages: blobs under their keys, and unfinished blobs under other names.

        Foreign files are skipped.
        """


def new_key() -> str:
    """Return a new unguessable key: 192 random bits as 32 URL-safe characters."""
    return secrets.token_urlsafe(24)


def new_draft_name(key: str) -> str:
    """Return a unique name for an unfinished blob."""
    return f"{key}.{secrets.token_hex(8)}.part"


def validate_key(key: str) -> str:
    """Return the key unchanged if it is valid.

    Raises:
        ValueError: it is not a valid key.
    """
    if not KEY.fullmatch(key):
        raise ValueError("invalid blob key")
    return key


def store_file(blobs: BlobStore, file: Path) -> str:
    """Store a copy of a local file as a new blob; return its key."""
    key = new_key()
    with file.open("rb") as source, blobs.create(key) as target:
        while data := source.read(CHUNK):
            target.write(data)
    return key
