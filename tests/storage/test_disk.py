"""Blobs on disk are private and durable."""

import os
import stat
import tracemalloc
from pathlib import Path

import pytest

from linkmsg.storage.blobs import CHUNK, FLUSH_INTERVAL, new_key


def file_mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_store_creates_no_folder_before_a_write(disk):
    assert list(disk.entries()) == []
    assert not disk.folder.parent.exists()


def test_files_are_readable_by_the_owner_only(disk):
    before = os.umask(0)
    try:
        key = new_key()
        with disk.create(key) as writer:
            writer.write(b"x")
            (draft,) = disk.path(key).parent.iterdir()
            assert file_mode(draft) == 0o600
    finally:
        os.umask(before)
    assert file_mode(disk.path(key)) == 0o600
    assert file_mode(disk.path(key).parent) == file_mode(disk.folder) == 0o700
    assert disk.path(key) == disk.folder / key[:2] / key


def test_large_blob_is_flushed_while_it_is_written(disk, monkeypatch):
    flushed = []
    monkeypatch.setattr(
        "linkmsg.storage.blobs.flush_to_disk", lambda _: flushed.append(writer.size)
    )
    with disk.create(new_key()) as writer:
        for _ in range(3 * FLUSH_INTERVAL // CHUNK):
            writer.write(bytes(CHUNK))
    assert flushed == [FLUSH_INTERVAL, 2 * FLUSH_INTERVAL, 3 * FLUSH_INTERVAL]


def test_blob_is_flushed_before_its_rename(disk, monkeypatch):
    done = []
    fsync, replace = os.fsync, Path.replace

    def note_fsync(number):
        done.append("folder" if stat.S_ISDIR(os.fstat(number).st_mode) else "file")
        fsync(number)

    def note_replace(path, target):
        done.append("rename")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", note_fsync)
    monkeypatch.setattr(Path, "replace", note_replace)
    with disk.create(new_key()) as writer:
        done.clear()
        writer.write(b"x")
    assert done == ["file", "rename", "folder"]


def test_full_disk_leaves_nothing(disk, monkeypatch):
    def fail(_):
        raise OSError(28, "No space left on device")

    disk.folder.mkdir(parents=True)
    key = new_key()
    disk.path(key).parent.mkdir()
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"), disk.create(key) as writer:
        writer.write(b"x")
    assert list(disk.entries()) == []


def test_entries_skip_foreign_files(disk):
    with disk.create(new_key()) as writer:
        writer.write(b"x")
    folder = next(disk.folder.iterdir())
    (folder / "README").write_text("not ours")
    (folder / f"{new_key()}.part").write_text("not ours")
    assert len(list(disk.entries())) == 1


def test_blob_can_be_deleted_while_it_is_read(disk):
    key = new_key()
    with disk.create(key) as writer:
        writer.write(b"x" * 200_000)
    pieces = disk.open(key)
    first = next(pieces)
    disk.delete(key)
    assert len(first + b"".join(pieces)) == 200_000


def test_large_blob_is_never_completely_in_memory(disk):
    piece = os.urandom(CHUNK)
    key = new_key()
    tracemalloc.start()
    with disk.create(key) as writer:
        for _ in range(400):
            writer.write(piece)
    assert sum(map(len, disk.open(key))) == 25 * 1024 * 1024
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5 * 1024 * 1024
