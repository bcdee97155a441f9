"""Full disks: real ones, and devices and databases that answer as if theirs were full."""

import errno
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, text

from linkmsg.db import db

# Every write to this device of Linux fails with ENOSPC.
DEVICE = Path("/dev/full")
REFUSE = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
END $$
"""


@contextmanager
def full_database(app: Flask) -> Iterator[None]:
    """Let the database refuse new rows in the block, with the error that a full disk causes."""
    with app.app_context():
        engine = db.engine
    if engine.dialect.name == "sqlite":
        engine.dispose()
        event.listen(engine, "connect", _forbid_growth)
        yield
        event.remove(engine, "connect", _forbid_growth)
        engine.dispose()
        return
    tables = ("messages", "attachments")
    triggers = [
        f"CREATE TRIGGER full_ BEFORE INSERT ON {each} EXECUTE FUNCTION refuse()" for each in tables
    ]
    with engine.begin() as connection:
        connection.execute(text("; ".join([REFUSE, *triggers])))
    try:
        yield
    finally:
        with engine.begin() as connection:
            connection.execute(text("DROP FUNCTION refuse CASCADE"))


def _forbid_growth(connection: object, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("VACUUM")
    cursor.execute("PRAGMA max_page_count = 1")
    cursor.close()


def fill_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let writes to blobs and to the probe of a disk fail with ENOSPC."""
    monkeypatch.setattr("linkmsg.storage.disk._open_private", _open_device)
    monkeypatch.setattr(
        "linkmsg.disk_space.TemporaryFile", lambda **_: DEVICE.open("r+b", buffering=0)
    )


def _open_device(*_: object) -> int:
    return os.open(DEVICE, os.O_RDWR)


@contextmanager
def small_disk(folder: Path, size: str = "8m") -> Iterator[Path]:
    """Yield a folder that is a file system of its own; skip the test without the right to mount."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False).returncode:
        pytest.skip("mounting a file system needs root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Fill the disk of a folder to the last byte; return the file that takes the space."""
    file = folder / "other-files"
    with file.open("wb", buffering=0) as target:
        for size in (65536, 4096, 1):
            while _has_written(target.fileno(), size):
                pass
    return file


def _has_written(descriptor: int, size: int) -> bool:
    try:
        return os.write(descriptor, bytes(size)) > 0
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        return False
