"""Flushing files and folders to disk (fsync)."""

import os
from pathlib import Path
from typing import IO


def flush_to_disk(file: IO[bytes]) -> None:
    """Flush an open file to disk."""
    file.flush()
    os.fsync(file.fileno())


def sync_path(path: Path) -> None:
    """Flush a closed file or a folder to disk.

    A rename is durable only after a flush of its folder.
    """
    opened = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
