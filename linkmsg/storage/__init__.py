"""The wire to files: blobs by random keys, what kind they are, and pictures made of them."""

from importlib import import_module
from typing import cast

from linkmsg.config import ConfigError, Settings
from linkmsg.storage.blobs import BlobStore
from linkmsg.storage.disk import DiskBlobStore


def create_blob_store(settings: Settings) -> BlobStore:
    """Where this instance keeps its files: a folder in the data folder, or a bucket.

    Nothing is made and nobody is asked yet.

    Raises:
        ConfigError: it is a bucket, and what speaks S3 is not installed.
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
