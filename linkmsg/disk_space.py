"""Full disks: recognise the errors of the system and of both databases, and find out in time."""

import errno
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile

# Bytes that must fit on a disk that counts as usable.
PROBE_SIZE = 1024 * 1024
NO_SPACE = {errno.ENOSPC, errno.EDQUOT}
SQLITE_NO_SPACE = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE}
# PostgreSQL, appendix A: disk_full.
POSTGRESQL_NO_SPACE = "53100"


def is_disk_full(error: BaseException) -> bool:
    """Return whether an error, or one that led to it, says that a disk or a quota is full."""
    return any(
        (isinstance(each, OSError) and each.errno in NO_SPACE)
        or getattr(each, "sqlite_errorcode", None) in SQLITE_NO_SPACE
        or getattr(each, "sqlstate", None) == POSTGRESQL_NO_SPACE
        for each in _causes(error)
    )


def check_space(folder: Path) -> None:
    """Write a temporary file of `PROBE_SIZE` bytes into a folder, and delete it.

    The number of free bytes that the system reports says nothing about quotas.

    Raises:
        OSError: the disk is full, or can't be written.
    """
    with TemporaryFile(dir=folder, buffering=0) as file:
        left = PROBE_SIZE
        while left:
            left -= file.write(bytes(left)) or 0


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
