"""Stores uploaded files: on disk or in an S3 bucket, with their types and copies of images.

A stored file is called a blob; it has a random key instead of a name, and never changes.
"""

from importlib import import_module
from typing import cast

from linkmsg.config import ConfigError, Settings
from linkmsg.storage.blobs import BlobStore
from linkmsg.storage.disk import DiskBlobStore


def create_blob_store(settings: Settings) -> BlobStore:
    """Return the place where uploaded files are stored, as configured.

    It is an S3 bucket if `settings.storage_url` is set, else the folder `blobs` in the data
    folder. Nothing is read or written yet.

    Raises:
        ConfigError: a bucket is configured, but the S3 client is not installed.
    """
    folder = settings.data_dir / "blobs"
    if not settings.storage_url:
        return DiskBlobStore(folder)
    try:
        s3 = import_module("linkmsg.storage.s3")
    except ModuleNotFoundError:
        raise ConfigError(
            "LINKMSG_STORAGE_URL needs obstore, which is not installed: pip install 'linkmsg[s3]'."
        ) from None
    return cast(BlobStore, s3.S3BlobStore(settings.storage_url, folder))
