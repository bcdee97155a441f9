"""Blobs in an S3-compatible bucket."""

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
    """Blobs in a bucket; files in transit are temporary files in a local folder.

    `url` is `s3://bucket` or `s3://bucket/prefix`. Its query may have `endpoint` (of another
    provider than Amazon), `region`, `access_key_id` and `secret_access_key`. Missing values come
    from the environment: AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
    AWS_SESSION_TOKEN; without keys there, from the role of the machine or container. A killed
    server may leave parts: give the bucket a rule that removes incomplete multipart uploads.
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
        """Write a blob: see `BlobStore`. It is uploaded to the bucket when it is complete.

        An aborted request thus leaves nothing there, and a slow client holds no connection.
        """
        with self.drafts.draft(validate_key(key)) as file:
            yield BlobWriter(file)
            file.flush()
            with _os_errors():
                self._store.put(key, Path(file.name), chunk_size=PART_SIZE, max_concurrency=1)

    def open(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Read a blob in chunks: see `BlobStore`."""
        size = self.size(key)
        if size is None:
            raise FileNotFoundError(f"Blob {key} does not exist.")
        return self._pieces(key, start, size if end is None else min(end, size))

    def size(self, key: str) -> int | None:
        """Return the size of a blob: see `BlobStore`."""
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
        """Yield a temporary local copy of a blob."""
        with self.drafts.draft(validate_key(key)) as file:
            for piece in self.open(key):
                file.write(piece)
            file.flush()
            yield Path(file.name)

    def delete(self, name: str) -> None:
        """Delete a blob, or a local temporary file."""
        if DRAFT.fullmatch(name):
            self.drafts.delete(name)
        else:
            with _os_errors():
                self._store.delete(validate_key(name))

    def entries(self) -> Iterator[tuple[str, timedelta]]:
        """List the blobs of the bucket and the local temporary files: see `BlobStore`."""
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
    """Convert errors of the S3 client to OSError, as the disk raises."""
    try:
        yield
    except BaseError as error:
        reason = " ".join(str(error).partition("Debug source:")[0].split())
        raise OSError(f"The bucket can't be used: {reason}") from error
