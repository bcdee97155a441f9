"""Blobs in a bucket: by what a setting says, and nothing left behind."""

import sys
import urllib.request

import pytest

from linkmsg.config import ConfigError, Settings
from linkmsg.storage import create_blob_store
from linkmsg.storage.blobs import new_key
from linkmsg.storage.disk import DiskBlobStore
from linkmsg.storage.s3 import PART_SIZE, S3BlobStore


def listed(bucket: str, what: str) -> str:
    with urllib.request.urlopen(f"{bucket}?{what}") as answer:
        return answer.read().decode()


def test_without_a_setting_files_are_in_the_data_folder(tmp_path):
    blobs = create_blob_store(Settings(data_dir=tmp_path))
    assert isinstance(blobs, DiskBlobStore)
    assert blobs.folder == tmp_path / "blobs"
    assert list(tmp_path.iterdir()) == []


def test_with_a_setting_they_are_in_a_bucket_below_its_prefix(tmp_path, bucket, bucket_url):
    blobs = create_blob_store(Settings(data_dir=tmp_path, storage_url=bucket_url))
    key = new_key()
    with blobs.create(key) as writer:
        writer.write(b"hello")
    assert f"<Key>ours/{key}</Key>" in listed(bucket, "list-type=2")
    assert blobs.path(key) is None


def test_the_environment_says_what_the_setting_does_not(tmp_path, bucket, monkeypatch):
    endpoint, _, name = bucket.rpartition("/")
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ana")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    blobs = S3BlobStore(f"s3://{name}", tmp_path)
    key = new_key()
    with blobs.create(key) as writer:
        writer.write(b"hello")
    assert f"<Key>{key}</Key>" in listed(bucket, "list-type=2")


def test_what_is_in_the_bucket_and_not_ours_is_left_alone(s3, bucket):
    for name in (f"elsewhere/{new_key()}", "ours/README", f"ours/deeper/{new_key()}"):
        put = urllib.request.Request(f"{bucket}/{name}", data=b"x", method="PUT")
        urllib.request.urlopen(put).close()
    assert list(s3.entries()) == []


def test_a_large_blob_goes_in_parts_and_leaves_none(s3, bucket):
    key = new_key()
    with s3.create(key) as writer:
        for _ in range(2 * PART_SIZE // 65536 + 1):
            writer.write(b"x" * 65536)
    assert s3.size(key) == writer.size
    assert "<Upload>" not in listed(bucket, "uploads")


def test_a_bucket_that_is_not_there_is_a_fault_of_storage(s3_server, tmp_path):
    keys = "region=eu-north-1&access_key_id=a&secret_access_key=b"
    blobs = S3BlobStore(f"s3://nowhere?endpoint={s3_server}&{keys}", tmp_path)
    with pytest.raises(OSError, match=r"The bucket can't be used: .*NoSuchBucket"):
        list(blobs.entries())
    with pytest.raises(OSError), blobs.create(new_key()) as writer:  # noqa: PT011
        writer.write(b"x")


def test_without_obstore_the_setting_refuses_in_a_sentence(tmp_path, monkeypatch, bucket_url):
    monkeypatch.delitem(sys.modules, "linkmsg.storage.s3")
    monkeypatch.setitem(sys.modules, "obstore.store", None)
    with pytest.raises(ConfigError, match=r"pip install 'linkmsg\[s3\]'"):
        create_blob_store(Settings(data_dir=tmp_path, storage_url=bucket_url))
