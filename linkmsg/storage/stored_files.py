"""Files of the running app: writing an upload into the blob store, and deleting blobs."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from flask import current_app

from linkmsg.storage import stored_images
from linkmsg.storage.blobs import KEY, BlobStore, BlobWriter, new_key
from linkmsg.storage.file_names import safe_name
from linkmsg.storage.file_types import HEAD_SIZE, detect_file_type


def blob_store() -> BlobStore:
    """Return the blob store of the current app."""
    return cast(BlobStore, current_app.extensions["linkmsg.blobs"])


def is_key(text: str) -> bool:
    """Return whether the text is a valid key."""
    return KEY.fullmatch(text) is not None


def delete(keys: Iterable[str]) -> None:
    """Delete blobs; a sweep deletes later what can't be deleted now."""
    for key in keys:
        try:
            blob_store().delete(key)
        except OSError:
            current_app.logger.exception("Blob %s was not deleted", key)


class FileDraft:
    """A file while it is written; afterwards `fields` has the columns of its attachment."""

    fields: dict[str, Any]

    def __init__(self, raw_name: str, writer: BlobWriter) -> None:
        self.name = safe_name(raw_name)
        self.head = b""
        self._writer = writer

    @property
    def size(self) -> int:
        """Return the number of bytes so far."""
        return self._writer.size

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the bytes so far, in hexadecimal."""
        return self._writer.sha256

    def write(self, data: bytes) -> None:
        """Append bytes to the file."""
        if len(self.head) < HEAD_SIZE:
            self.head += data[: HEAD_SIZE - len(self.head)]
        self._writer.write(data)


@contextmanager
def new_file(raw_name: str) -> Iterator[FileDraft]:
    """Write a file. After the `with` it is complete and durable, and its `fields` are set.

    An image is stored without metadata, and with copies for pages. After an error nothing of
    the file is left.
    """
    key = new_key()
    with blob_store().create(key) as writer:
        draft = FileDraft(raw_name, writer)
        yield draft
    file_type = detect_file_type(draft.head)
    draft.fields = {
        "key": key,
        "name": draft.name,
        "kind": "file" if file_type.group == "other" else file_type.group,
        "media_type": file_type.media_type,
        "size": draft.size,
        "digest": draft.digest,
    }
    if file_type.group == "image":
        try:
            draft.fields |= stored_images.prepare_image(blob_store(), draft.fields)
        except BaseException:
            delete([key])
            raise
