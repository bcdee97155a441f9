"""Waiting until something is on the disk. The writer of the index uses it too."""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Wait until a file, or what a folder names, is on the disk.

    A rename alone may be lost with the power, until its folder was waited for.
    """
    opened = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
