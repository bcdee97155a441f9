"""Blob stores write blobs completely or not at all."""

import hashlib
import os
from datetime import timedelta

import pytest
import time_machine

from linkmsg.clock import now
from linkmsg.storage.blobs import CHUNK, KEY, new_key, store_file
from linkmsg.storage.s3 import READ_SIZE

INVALID_KEYS = [
    "",
    "x" * 31,
    "x" * 65,
    "../" * 12,
    "a/" * 20,
    "x" * 31 + "\n",
    "x" * 31 + "é",
    "." * 40,
]


def store(blobs, data: bytes) -> str:
    key = new_key()
    with blobs.create(key) as writer:
        writer.write(data)
    return key


def files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_keys_are_unique_and_valid():
    made = {new_key() for _ in range(500)}
    assert len(made) == 500
    assert all(KEY.fullmatch(each) for each in made)


def test_blob_is_read_as_it_was_written(blobs):
    data = os.urandom(3 * READ_SIZE + 5)
    key = new_key()
    with blobs.create(key) as writer:
        for at in range(0, len(data), CHUNK):
            writer.write(data[at : at + CHUNK])
    assert (writer.size, writer.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert blobs.size(key) == len(data)
    assert b"".join(blobs.open(key)) == data


def test_empty_blob_exists(blobs):
    key = store(blobs, b"")
    assert blobs.size(key) == 0
    assert list(blobs.open(key)) == []


@pytest.mark.parametrize(
    ("start", "end"), [(0, 1), (3, 7), (5, None), (9, 10), (10, None), (12, None), (2, 99)]
)
def test_part_of_a_blob_is_read(blobs, start, end):
    key = store(blobs, b"0123456789")
    assert b"".join(blobs.open(key, start, end)) == b"0123456789"[start:end]


def test_large_part_is_read_in_chunks(blobs):
    data = os.urandom(3 * READ_SIZE)
    key = store(blobs, data)
    pieces = list(blobs.open(key, 10, 2 * READ_SIZE + 20))
    assert len(pieces) > 1
    assert b"".join(pieces) == data[10 : 2 * READ_SIZE + 20]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, GeneratorExit])
def test_aborted_write_leaves_nothing(blobs, tmp_path, error):
    key = new_key()
    with pytest.raises(error), blobs.create(key) as writer:  # noqa: PT012
        writer.write(b"half of it")
        raise error
    assert blobs.size(key) is None
    assert list(blobs.entries()) == []
    assert files(tmp_path / "data") == []


def test_unfinished_blob_does_not_exist(blobs):
    key = new_key()
    with blobs.create(key) as writer:
        writer.write(b"half of it")
        assert blobs.size(key) is None
        with pytest.raises(FileNotFoundError):
            blobs.open(key)
    assert blobs.size(key) == 10


def test_missing_blob_raises_at_once(blobs):
    with pytest.raises(FileNotFoundError):
        blobs.open(new_key())
    with pytest.raises(FileNotFoundError), blobs.as_file(new_key()):
        pass
    assert blobs.size(new_key()) is None


def test_blob_can_be_deleted_twice(blobs):
    key, other = store(blobs, b"one"), store(blobs, b"other")
    blobs.delete(key)
    blobs.delete(key)
    assert blobs.size(key) is None
    assert b"".join(blobs.open(other)) == b"other"


def test_entries_have_each_blob_and_its_age(blobs):
    keys = {store(blobs, b"x") for _ in range(3)}
    with time_machine.travel(now() + timedelta(hours=25)):
        ages = dict(blobs.entries())
    assert ages.keys() == keys
    assert all(timedelta(hours=24) < age < timedelta(hours=26) for age in ages.values())


def test_entries_have_drafts_of_killed_processes(blobs, tmp_path):
    with blobs.create(new_key()) as writer:
        writer.write(b"x")
        (name,) = [name for name, _ in blobs.entries() if not KEY.fullmatch(name)]
        draft = next(path for path in files(tmp_path / "data") if path.name == name)
        content = draft.read_bytes()
    draft.write_bytes(content)
    blobs.delete(name)
    assert not draft.exists()
    assert all(KEY.fullmatch(name) for name, _ in blobs.entries())


@pytest.mark.parametrize("key", INVALID_KEYS)
def test_invalid_key_is_refused(blobs, key):
    for method in (blobs.open, blobs.size, blobs.path, blobs.delete):
        with pytest.raises(ValueError, match="invalid blob key"):
            method(key)
    for method in (blobs.create, blobs.as_file):
        with pytest.raises(ValueError, match="invalid blob key"), method(key):
            pass


def test_as_file_yields_a_private_file(blobs, tmp_path):
    key = store(blobs, b"for the child")
    with blobs.as_file(key) as path:
        assert path.read_bytes() == b"for the child"
        assert path.stat().st_mode & 0o077 == 0
    assert [name for name, _ in blobs.entries()] == [key]


def test_store_file_copies_a_file(blobs, tmp_path):
    file = tmp_path / "made"
    file.write_bytes(b"of a picture" * 9999)
    assert b"".join(blobs.open(store_file(blobs, file))) == file.read_bytes()
