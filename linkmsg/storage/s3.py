"""Stores files (blobs) in an S3-compatible bucket.

See `BlobStore` for what a blob is, and what the methods must do.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from obstore.exceptions import BaseError
from obstore.store import S3Store

from linkmsg.clock import now
from linkmsg.config_urls import query_parameters
from linkmsg.storage.blobs import DRAFT, KEY, BlobWriter, validate_key
from linkmsg.storage.disk import DiskBlobStore

if TYPE_CHECKING:
    from obstore.store import ClientConfig, S3Config

# S3's minimum size of a part. Uploads have up to two parts in memory.
PART_SIZE = 5 * 1024 * 1024
# Bytes per GET request. The next is sent when the last was consumed, so a slow reader holds no
# connection.
READ_SIZE = 1024 * 1024
TIMEOUT = timedelta(seconds=30)


class S3BlobStore:
    """Stores blobs in a bucket; `folder` is for temporary files, of uploads and of `as_file`.

    `url` is `s3://bucket` or `s3://bucket/prefix`. Its query may have `endpoint` (of another
    provider than Amazon), `region`, `access_key_id` and `secret_access_key`. Missing values come
    from the environment: AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
    AWS_SESSION_TOKEN; without keys there, from the role of the machine or container. A killed
    server may leave parts of uploads: give the bucket a rule that removes incomplete multipart
    uploads.
    """

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.drafts = url, DiskBlobStore(folder)

    @cached_property
    def _store(self) -> S3Store:
        # Created at the first use, because its threads would not survive gunicorn's fork.
        parts = urlsplit(self.url)
        config: S3Config = {**query_parameters(self.url)}  # type: ignore[typeddict-item]
        client: ClientConfig = {"timeout": TIMEOUT, "connect_timeout": timedelta(seconds=5)}
        client["allow_http"] = True  # for endpoints with http://; Amazon's are https
        return S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            config={"disable_bulk_delete": True, **config},
            client_options=client,
            retry_config={"max_retries": 3, "retry_timeout": TIMEOUT},
        )

    @contextmanager
    def create(self, key: str) -> Iterator[BlobWriter]:
        """Yield a writer for a new blob: see `BlobStore`.

        It is uploaded to the bucket only when it is complete. An aborted request thus leaves
        nothing there, and a slow client keeps no connection to the bucket open.
        """
        with self.drafts.draft(validate_key(key)) as file:
            yield BlobWriter(file)
            file.flush()
            with _os_errors():
                self._store.put(key, Path(file.name), chunk_size=PART_SIZE, max_concurrency=1)

    def open(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Yield the bytes of a blob in chunks: see `BlobStore`."""
        size = self.size(key)
        if size is None:
            raise FileNotFoundError(f"Blob {key} does not exist.")
        return self._pieces(key, start, size if end is None else min(end, size))

    def size(self, key: str) -> int | None:
        """Return the size of a blob in bytes, None if it does not exist."""
        try:
            with _os_errors():
                return self._store.head(validate_key(key))["size"]
        except FileNotFoundError:
            return None

    def path(self, key: str) -> None:
        """Return None: blobs are not local files."""
        validate_key(key)

    @contextmanager
    def as_file(self, key: str) -> Iterator[Path]:
        """Yield the path of a local copy of a blob, which is deleted when the `with` block ends."""
        with self.drafts.draft(validate_key(key)) as file:
            for piece in self.open(key):
                file.write(piece)
            file.flush()
            yield Path(file.name)

    def delete(self, name: str) -> None:
        """Delete a blob by its key, or a local temporary file by its name."""
        if DRAFT.fullmatch(name):
            self.drafts.delete(name)
        else:
            with _os_errors():
                self._store.delete(validate_key(name))

    def entries(self) -> Iterator[tuple[str, timedelta]]:
        """Yield the name and age of each blob and each local temporary file: see `BlobStore`."""
        yield from self.drafts.entries()
        with _os_errors():
            for page in self._store.list():
                for each in page:
                    if KEY.fullmatch(each["path"]):
                        yield each["path"], now() - each["last_modified"]

    def _pieces(self, key: str, start: int, end: int) -> Iterator[bytes]:
        for at in range(start, end, READ_SIZE):
            with _os_errors():
                yield bytes(self._store.get_range(key, start=at, end=min(at + READ_SIZE, end)))


@contextmanager
def _os_errors() -> Iterator[None]:
    """Raise errors of the S3 client as OSError, which callers also expect from a disk."""
    try:
        yield
    except BaseError as error:
        reason = " ".join(str(error).partition("Debug source:")[0].split())
        raise OSError(f"The bucket can't be used: {reason}") from error
