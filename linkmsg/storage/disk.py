"""Stores files (blobs) on the local disk, in folders named by the first two letters of their keys.

See `BlobStore` for what a blob is, and what the methods must do.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from linkmsg.clock import now
from linkmsg.storage.blobs import CHUNK, DRAFT, KEY, BlobWriter, new_draft_name, validate_key
from linkmsg.storage.fsync import flush_to_disk, sync_path


class DiskBlobStore:
    """Stores blobs in a local folder, which is created with the first blob.

    Files have mode 0600 and folders 0700. A blob is written to a temporary file in its final
    folder, so that a rename completes it atomically.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def create(self, key: str) -> Iterator[BlobWriter]:
        """Yield a writer for a new blob: see `BlobStore`."""
        path = self._path_of(key)
        with self.draft(key) as file:
            yield BlobWriter(file, flushes=True)
            flush_to_disk(file)
            Path(file.name).replace(path)
        sync_path(path.parent)

    @contextmanager
    def draft(self, key: str) -> Iterator[IO[bytes]]:
        """Yield a temporary file for the blob with this key, in the folder where the blob will be.

        It is deleted when the `with` block ends, unless it was renamed.
        """
        path = self._path_of(key).with_name(new_draft_name(key))
        _make_folder(path.parent)
        try:
            with open(path, "x+b", opener=_open_private) as file:
                yield file
        finally:
            path.unlink(missing_ok=True)

    def open(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Yield the bytes of a blob in chunks: see `BlobStore`."""
        path = self._path_of(key)
        return _read_chunks(path, start, path.stat().st_size if end is None else end)

    def size(self, key: str) -> int | None:
        """Return the size of a blob in bytes, None if it does not exist."""
        with suppress(FileNotFoundError):
            return self._path_of(key).stat().st_size
        return None

    def path(self, key: str) -> Path:
        """Return the path of a blob's file, whether it exists or not."""
        return self._path_of(key)

    @contextmanager
    def as_file(self, key: str) -> Iterator[Path]:
        """Yield the path of a blob's file.

        Raises:
            FileNotFoundError: the blob does not exist.
        """
        path = self._path_of(key)
        path.stat()
        yield path

    def delete(self, name: str) -> None:
        """Delete a blob by its key, or a temporary file by its name; a missing one is no error."""
        path = self.folder / name[:2] / name if DRAFT.fullmatch(name) else self._path_of(name)
        path.unlink(missing_ok=True)

    def entries(self) -> Iterator[tuple[str, timedelta]]:
        """Yield the name and age of each blob and temporary file: see `BlobStore`."""
        for path in self.folder.glob("??/*"):
            if KEY.fullmatch(path.name) or DRAFT.fullmatch(path.name):
                with suppress(FileNotFoundError):
                    modified_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                    yield path.name, now() - modified_at

    def _path_of(self, key: str) -> Path:
        return self.folder / validate_key(key)[:2] / key


def _read_chunks(path: Path, start: int, end: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while start < end and (data := file.read(min(CHUNK, end - start))):
            start += len(data)
            yield data


def _make_folder(folder: Path) -> None:
    for each in (folder.parent, folder):
        if not each.is_dir():
            each.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_path(each.parent)


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
