"""Writes uploads into the blob store (the place of stored files), and deletes stored files."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from flask import current_app

from linkmsg.storage import stored_media
from linkmsg.storage.blobs import KEY, BlobStore, BlobWriter, new_key
from linkmsg.storage.file_names import safe_name
from linkmsg.storage.file_types import HEAD_SIZE, detect_file_type


def blob_store() -> BlobStore:
    """Return the place where the current app stores files: a folder or an S3 bucket."""
    return cast(BlobStore, current_app.extensions["linkmsg.blobs"])


def is_key(text: str) -> bool:
    """Return whether a text has the form of a stored file's key: 32 to 64 URL-safe characters."""
    return KEY.fullmatch(text) is not None


def delete(keys: Iterable[str]) -> None:
    """Delete stored files by their keys; missing ones are ignored.

    Errors of the disk or server are only logged: a regular clean-up by the worker tries again.
    """
    for key in keys:
        try:
            blob_store().delete(key)
        except OSError:
            current_app.logger.exception("Blob %s was not deleted", key)


class FileDraft:
    """A file that is being written to the blob store.

    `head` has its first bytes, which decide its type. After `new_file` has ended, `fields` has
    the columns of its attachment, by name.
    """

    fields: dict[str, Any]

    def __init__(self, raw_name: str, writer: BlobWriter) -> None:
        self.name = safe_name(raw_name)
        self.head = b""
        self._writer = writer

    @property
    def size(self) -> int:
        """Return the number of bytes written so far."""
        return self._writer.size

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the bytes written so far, in hexadecimal."""
        return self._writer.sha256

    def write(self, data: bytes) -> None:
        """Append bytes to the file.

        Raises:
            OSError: the disk is full or fails.
        """
        if len(self.head) < HEAD_SIZE:
            self.head += data[: HEAD_SIZE - len(self.head)]
        self._writer.write(data)


@contextmanager
def new_file(raw_name: str, member_id: int) -> Iterator[FileDraft]:
    """Yield a new file to write an upload into; it is stored when the `with` block ends.

    From then on it survives a crash, and `fields` has the columns of its attachment. The metadata
    of pictures, films and sound is removed, and smaller copies of an image are stored. After an
    error the file is gone. `raw_name` is the name that the browser sent, and `member_id` the member
    who uploads it.

    Raises:
        FileRefused: the metadata can't be removed.
    """
    key = new_key()
    with blob_store().create(key) as writer:
        draft = FileDraft(raw_name, writer)
        yield draft
    file_type = detect_file_type(draft.head)
    draft.fields = {
        "key": key,
        "name": draft.name,
        "size": draft.size,
        "digest": draft.digest,
    }
    try:
        draft.fields |= stored_media.prepare(blob_store(), draft.fields, file_type, member_id)
    except BaseException:
        delete([key])
        raise
    if draft.fields["key"] != key:
        delete([key])
