import urllib.request
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from linkmsg.storage.blobs import BlobStore
from linkmsg.storage.disk import DiskBlobStore
from linkmsg.storage.s3 import S3BlobStore
from linkmsg.storage.thumbnails import ImageRejection, ProcessedImage, Thumbnailer

buckets = count(1)


@pytest.fixture
def bucket(s3_server: str) -> str:
    """The address of an empty bucket."""
    made = f"{s3_server}/files{next(buckets)}"
    urllib.request.urlopen(urllib.request.Request(made, method="PUT")).close()
    return made


@pytest.fixture
def bucket_url(bucket: str) -> str:
    """The same as a setting says it."""
    endpoint, _, name = bucket.rpartition("/")
    keys = "access_key_id=ana&secret_access_key=a+b/c"
    return f"s3://{name}/ours?endpoint={endpoint}&region=eu-north-1&{keys}"


@pytest.fixture
def disk(tmp_path: Path) -> DiskBlobStore:
    return DiskBlobStore(tmp_path / "data" / "blobs")


@pytest.fixture
def s3(bucket_url: str, tmp_path: Path) -> S3BlobStore:
    return S3BlobStore(bucket_url, tmp_path / "data" / "blobs")


@pytest.fixture(params=["disk", "s3"])
def blobs(request: pytest.FixtureRequest) -> BlobStore:
    """An empty place for blobs, of each kind."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def thumbnailer() -> Iterator[Thumbnailer]:
    """The child that makes pictures, for all tests."""
    made = Thumbnailer()
    yield made
    made.close()


@pytest.fixture
def make(thumbnailer: Thumbnailer, tmp_path: Path):
    """Makes copies of a file of these bytes."""

    def copies(data: bytes) -> ProcessedImage | ImageRejection:
        source = tmp_path / "source"
        source.write_bytes(data)
        return thumbnailer.make_copies(source, tmp_path)

    return copies


@pytest.fixture
def cut(thumbnailer: Thumbnailer, tmp_path: Path):
    """Cuts squares from a file of these bytes."""

    def squares(data: bytes, box=None) -> ProcessedImage | ImageRejection:
        source = tmp_path / "source"
        source.write_bytes(data)
        return thumbnailer.make_squares(source, tmp_path, box)

    return squares
