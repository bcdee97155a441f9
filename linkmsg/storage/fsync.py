"""Writes files and folders through to the disk (fsync), so that they survive a power failure."""

import os
from pathlib import Path
from typing import IO


def flush_to_disk(file: IO[bytes]) -> None:
    """Write an open file through to the disk (fsync), and wait until it is there."""
    file.flush()
    os.fsync(file.fileno())


def sync_path(path: Path) -> None:
    """Write a closed file, or the list of files in a folder, through to the disk (fsync).

    A new or renamed file survives a power failure only after this was done for its folder.
    """
    opened = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
