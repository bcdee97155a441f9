"""Blobs on disk: for us alone, and durable when the writer is told so."""

import os
import stat
import tracemalloc
from pathlib import Path

import pytest

from linkmsg.storage.blobs import CHUNK, FLUSH_INTERVAL, new_key


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_making_a_place_makes_nothing(disk):
    assert list(disk.entries()) == []
    assert not disk.folder.parent.exists()


def test_nobody_else_may_read_it(disk):
    before = os.umask(0)
    try:
        key = new_key()
        with disk.create(key) as writer:
            writer.write(b"x")
            (draft,) = disk.path(key).parent.iterdir()
            assert mode(draft) == 0o600
    finally:
        os.umask(before)
    assert mode(disk.path(key)) == 0o600
    assert mode(disk.path(key).parent) == mode(disk.folder) == 0o700
    assert disk.path(key) == disk.folder / key[:2] / key


def test_a_large_blob_comes_to_the_disk_while_it_is_written(disk, monkeypatch):
    seen = []
    monkeypatch.setattr("linkmsg.storage.blobs.flush_to_disk", lambda _: seen.append(writer.size))
    with disk.create(new_key()) as writer:
        for _ in range(3 * FLUSH_INTERVAL // CHUNK):
            writer.write(bytes(CHUNK))
    assert seen == [FLUSH_INTERVAL, 2 * FLUSH_INTERVAL, 3 * FLUSH_INTERVAL]


def test_it_is_on_disk_before_it_has_its_name(disk, monkeypatch):
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


def test_a_full_disk_leaves_nothing(disk, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    disk.folder.mkdir(parents=True)
    key = new_key()
    disk.path(key).parent.mkdir()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"), disk.create(key) as writer:
        writer.write(b"x")
    assert list(disk.entries()) == []


def test_what_is_not_ours_is_left_alone(disk):
    with disk.create(new_key()) as writer:
        writer.write(b"x")
    folder = next(disk.folder.iterdir())
    (folder / "README").write_text("not ours")
    (folder / f"{new_key()}.part").write_text("not ours")
    assert len(list(disk.entries())) == 1


def test_a_blob_that_goes_while_it_is_read_was_opened_whole(disk):
    key = new_key()
    with disk.create(key) as writer:
        writer.write(b"x" * 200_000)
    pieces = disk.open(key)
    first = next(pieces)
    disk.delete(key)
    assert len(first + b"".join(pieces)) == 200_000


def test_a_large_blob_is_never_whole_in_memory(disk):
    piece = os.urandom(CHUNK)
    key = new_key()
    tracemalloc.start()
    with disk.create(key) as writer:
        for _ in range(400):
            writer.write(piece)
    assert sum(map(len, disk.open(key))) == 25 * 1024 * 1024
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 5 * 1024 * 1024
