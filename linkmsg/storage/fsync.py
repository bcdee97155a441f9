"""Waiting until something is on the disk. The writer of the index uses it too."""

import os
from pathlib import Path
from typing import IO


def flush_to_disk(file: IO[bytes]) -> None:
    """Wait until what was written to an open file is on the disk."""
    file.flush()
    os.fsync(file.fileno())


def sync_path(path: Path) -> None:
    """Wait until a file that is closed, or what a folder names, is on the disk.

    A rename alone may be lost with the power, until its folder was waited for.
    """
    opened = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
