import urllib.request
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from linkmsg.storage.blobs import BlobStore
from linkmsg.storage.disk import DiskBlobStore
from linkmsg.storage.s3 import S3BlobStore
from linkmsg.storage.thumbnails import HEAVY_IMAGES, ImageRejection, ProcessedImage, Thumbnailer

buckets = count(1)
# The number of a member.
ANA = 1


@pytest.fixture
def bucket(s3_server: str) -> str:
    """Return the URL of an empty bucket."""
    url = f"{s3_server}/files{next(buckets)}"
    urllib.request.urlopen(urllib.request.Request(url, method="PUT")).close()
    return url


@pytest.fixture
def bucket_url(bucket: str) -> str:
    """Return the bucket as the value of a setting."""
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
    """Return an empty blob store of each kind."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def thumbnailer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Thumbnailer]:
    """Yield a thumbnailer for all tests."""
    thumbnailer = Thumbnailer(tmp_path_factory.mktemp("data") / HEAVY_IMAGES)
    yield thumbnailer
    thumbnailer.close()


@pytest.fixture
def make(thumbnailer: Thumbnailer, tmp_path: Path):
    """Return a function that makes copies of an image."""

    def copies(data: bytes) -> ProcessedImage | ImageRejection:
        source = tmp_path / "source"
        source.write_bytes(data)
        return thumbnailer.make_copies(source, tmp_path, ANA)

    return copies


@pytest.fixture
def clean(thumbnailer: Thumbnailer, tmp_path: Path):
    """Return a function that removes the metadata from a file of a format."""

    def cleaned(data: bytes, form: str) -> bytes | ImageRejection:
        source = tmp_path / "source"
        source.write_bytes(data)
        made = thumbnailer.clean(source, tmp_path, ANA, form, is_image=False)
        return made if isinstance(made, ImageRejection) else made.path.read_bytes()

    return cleaned


@pytest.fixture
def cut(thumbnailer: Thumbnailer, tmp_path: Path):
    """Return a function that makes squares from an image."""

    def squares(data: bytes, box=None) -> ProcessedImage | ImageRejection:
        source = tmp_path / "source"
        source.write_bytes(data)
        return thumbnailer.make_squares(source, tmp_path, ANA, box)

    return squares
