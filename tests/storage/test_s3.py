"""Blobs in a bucket: configuration, errors, and no leftovers."""

import sys
import urllib.request

import pytest

from linkmsg.config import ConfigError, Settings
from linkmsg.storage import create_blob_store
from linkmsg.storage.blobs import new_key
from linkmsg.storage.disk import DiskBlobStore
from linkmsg.storage.s3 import PART_SIZE, S3BlobStore


def listing(bucket: str, query: str) -> str:
    with urllib.request.urlopen(f"{bucket}?{query}") as answer:
        return answer.read().decode()


def test_files_are_in_the_data_folder_by_default(tmp_path):
    blobs = create_blob_store(Settings(data_dir=tmp_path))
    assert isinstance(blobs, DiskBlobStore)
    assert blobs.folder == tmp_path / "blobs"
    assert list(tmp_path.iterdir()) == []


def test_storage_url_selects_bucket_and_prefix(tmp_path, bucket, bucket_url):
    blobs = create_blob_store(Settings(data_dir=tmp_path, storage_url=bucket_url))
    key = new_key()
    with blobs.create(key) as writer:
        writer.write(b"hello")
    assert f"<Key>ours/{key}</Key>" in listing(bucket, "list-type=2")
    assert blobs.path(key) is None


def test_missing_parameters_come_from_the_environment(tmp_path, bucket, monkeypatch):
    endpoint, _, name = bucket.rpartition("/")
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ana")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    blobs = S3BlobStore(f"s3://{name}", tmp_path)
    key = new_key()
    with blobs.create(key) as writer:
        writer.write(b"hello")
    assert f"<Key>{key}</Key>" in listing(bucket, "list-type=2")


def test_entries_skip_foreign_objects(s3, bucket):
    for name in (f"elsewhere/{new_key()}", "ours/README", f"ours/deeper/{new_key()}"):
        put = urllib.request.Request(f"{bucket}/{name}", data=b"x", method="PUT")
        urllib.request.urlopen(put).close()
    assert list(s3.entries()) == []


def test_multipart_upload_leaves_no_parts(s3, bucket):
    key = new_key()
    with s3.create(key) as writer:
        for _ in range(2 * PART_SIZE // 65536 + 1):
            writer.write(b"x" * 65536)
    assert s3.size(key) == writer.size
    assert "<Upload>" not in listing(bucket, "uploads")


def test_missing_bucket_raises_oserror(s3_server, tmp_path):
    keys = "region=eu-north-1&access_key_id=a&secret_access_key=b"
    blobs = S3BlobStore(f"s3://nowhere?endpoint={s3_server}&{keys}", tmp_path)
    with pytest.raises(OSError, match=r"The bucket can't be used: .*NoSuchBucket"):
        list(blobs.entries())
    with pytest.raises(OSError), blobs.create(new_key()) as writer:  # noqa: PT011
        writer.write(b"x")


def test_missing_obstore_is_reported(tmp_path, monkeypatch, bucket_url):
    monkeypatch.delitem(sys.modules, "linkmsg.storage.s3")
    monkeypatch.setitem(sys.modules, "obstore.store", None)
    with pytest.raises(ConfigError, match=r"pip install 'linkmsg\[s3\]'"):
        create_blob_store(Settings(data_dir=tmp_path, storage_url=bucket_url))
