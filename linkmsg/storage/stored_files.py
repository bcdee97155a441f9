"""A file on its way in: into a blob, and what is known of it once all of it is here."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from flask import current_app

from linkmsg.storage import stored_images
from linkmsg.storage.blobs import KEY, BlobStore, BlobWriter, new_key
from linkmsg.storage.file_names import safe_name
from linkmsg.storage.file_types import HEAD_SIZE, detect_file_type


def blob_store() -> BlobStore:
    """The blobs of the app that runs."""
    return cast(BlobStore, current_app.extensions["linkmsg.blobs"])


def is_key(text: str) -> bool:
    """Whether this may be a key."""
    return KEY.fullmatch(text) is not None


def delete(keys: Iterable[str]) -> None:
    """Delete blobs; what can't be deleted now is left to the sweep."""
    for key in keys:
        try:
            blob_store().delete(key)
        except OSError:
            current_app.logger.exception("the blob %s was not deleted", key)


class FileDraft:
    """A file while it is written; `fields` says what was made of it."""

    fields: dict[str, Any]

    def __init__(self, raw_name: str, writer: BlobWriter) -> None:
        self.name = safe_name(raw_name)
        self.head = b""
        self._writer = writer

    @property
    def size(self) -> int:
        """How many bytes it has so far."""
        return self._writer.size

    @property
    def digest(self) -> str:
        """The SHA-256 of them, in hexadecimal."""
        return self._writer.sha256

    def write(self, data: bytes) -> None:
        """Add these bytes."""
        if len(self.head) < HEAD_SIZE:
            self.head += data[: HEAD_SIZE - len(self.head)]
        self._writer.write(data)


@contextmanager
def new_file(raw_name: str) -> Iterator[FileDraft]:
    """Write a file; after the `with` it is whole and durable, and its `fields` is known.

    A picture is kept without what it says beside itself, and with copies to show. After any
    error nothing of it is left.
    """
    key = new_key()
    with blob_store().create(key) as writer:
        made = FileDraft(raw_name, writer)
        yield made
    kind = detect_file_type(made.head)
    made.fields = {
        "key": key,
        "name": made.name,
        "kind": "file" if kind.group == "other" else kind.group,
        "media_type": kind.media_type,
        "size": made.size,
        "digest": made.digest,
    }
    if kind.group == "image":
        try:
            made.fields |= stored_images.prepare_image(blob_store(), made.fields)
        except BaseException:
            delete([key])
            raise
