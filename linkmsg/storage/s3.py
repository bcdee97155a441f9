"""Blobs in a bucket of anything that speaks S3, by obstore."""

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

# The least that S3 takes for a part. A blob of up to two parts' size is held in memory at once.
PART_SIZE = 5 * 1024 * 1024
# A piece is asked for when the one before has been taken: who reads slowly holds no connection.
READ_SIZE = 1024 * 1024
TIMEOUT = timedelta(seconds=30)


class S3BlobStore:
    """Blobs in a bucket; a file on its way there or back is a draft in a folder of this machine.

    `url` is `s3://bucket` or `s3://bucket/prefix`. Its query may say `endpoint` (of a server
    that is not Amazon's), `region`, `access_key_id` and `secret_access_key`. What it does not
    say, obstore takes from the environment: AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID,
    AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN; without keys there, from the role of the machine
    or container. A server that is killed may leave parts: give the bucket a rule that removes
    multipart uploads which were not completed.
    """

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.drafts = url, DiskBlobStore(folder)

    @cached_property
    def _store(self) -> S3Store:
        # Made at the first use: its threads must not be there when gunicorn forks.
        parts = urlsplit(self.url)
        told: S3Config = {**query_parameters(self.url)}  # type: ignore[typeddict-item]
        client: ClientConfig = {"timeout": TIMEOUT, "connect_timeout": timedelta(seconds=5)}
        client["allow_http"] = True  # where the endpoint says so; Amazon's never does
        return S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            config={"disable_bulk_delete": True, **told},
            client_options=client,
            retry_config={"max_retries": 3, "retry_timeout": TIMEOUT},
        )

    @contextmanager
    def create(self, key: str) -> Iterator[BlobWriter]:
        """Write a blob: see `Blobs`. It goes to the bucket when all of it is here.

        So a sender who gives up has sent nothing, and one who is slow holds no connection.
        """
        with self.drafts.draft(validate_key(key)) as file:
            yield BlobWriter(file)
            file.flush()
            with _os_errors():
                self._store.put(key, Path(file.name), chunk_size=PART_SIZE, max_concurrency=1)

    def open(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes of a blob: see `Blobs`."""
        size = self.size(key)
        if size is None:
            raise FileNotFoundError(f"There is no blob {key}.")
        return self._pieces(key, start, size if end is None else min(end, size))

    def size(self, key: str) -> int | None:
        """How many bytes a blob has: see `Blobs`."""
        try:
            with _os_errors():
                return self._store.head(validate_key(key))["size"]
        except FileNotFoundError:
            return None

    def path(self, key: str) -> None:
        """Nowhere on this machine."""
        validate_key(key)

    @contextmanager
    def as_file(self, key: str) -> Iterator[Path]:
        """A copy of a blob on this machine, for as long as the `with` lasts."""
        with self.drafts.draft(validate_key(key)) as file:
            for piece in self.open(key):
                file.write(piece)
            file.flush()
            yield Path(file.name)

    def delete(self, name: str) -> None:
        """Remove a blob, or a draft from this machine."""
        if DRAFT.fullmatch(name):
            self.drafts.delete(name)
        else:
            with _os_errors():
                self._store.delete(validate_key(name))

    def entries(self) -> Iterator[tuple[str, timedelta]]:
        """All in the bucket that is ours, and the drafts of this machine: see `Blobs`."""
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
    """Let what a server says be an OSError, as on a disk."""
    try:
        yield
    except BaseError as fault:
        what = " ".join(str(fault).partition("Debug source:")[0].split())
        raise OSError(f"The bucket can't be used: {what}") from fault
