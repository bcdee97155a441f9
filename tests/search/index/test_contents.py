"""Whatever the table of contents of the index names is on the disk, complete and intact."""

import os
from pathlib import Path

import pytest

from linkmsg.search.index import contents
from linkmsg.search.index.fields import IndexEntry
from linkmsg.search.index.store import INDEX, Store
from linkmsg.search.index.terms import FOOT, DamagedIndex, TermsReader


def entry(id):
    return IndexEntry(id, id, 1, [7], 7, 1_700_000_000, "alpha word", [], [])


@pytest.fixture
def disk_writes(tmp_path, monkeypatch):
    """Return what happens on the disk, in order, while messages are added and merged."""
    store, seen = Store(tmp_path, "en"), []
    fsync, rename = os.fsync, Path.rename

    def synced(number):
        name = Path(f"/proc/self/fd/{number}").readlink()
        seen.append(("sync", name.name))
        fsync(number)

    def renamed(path, target):
        seen.append(("name", Path(target).name))
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "rename", renamed)
    for number in range(1, 10):
        store.add([entry(number)], number)
    assert not store.merge_some(60)
    monkeypatch.undo()
    return seen, store


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="there is no /proc here")
def test_files_are_synced_before_they_are_named(disk_writes):
    seen, store = disk_writes
    tables = [at for at, (what, name) in enumerate(seen) if what == "name" and ".toc" in name]
    assert len(tables) == 10
    for before, at in zip([0, *tables], tables, strict=False):
        synced = [name for what, name in seen[before:at] if what == "sync"]
        assert [name.rpartition(".")[2] for name in synced[-4:-2]] == ["doc", "trm"]
        assert ".toc" in synced[-2]
        assert synced[-1] == INDEX
        assert seen[at + 1] == ("sync", INDEX)
    assert [each.count for each in store.segments] == [8, 1] or len(store.segments) < 9


def test_wrong_bit_in_the_table_of_contents_is_noticed(tmp_path):
    store = Store(tmp_path, "en")
    store.add([entry(1)], 1)
    (file,) = (tmp_path / INDEX).glob("*.toc")
    packed = file.read_bytes()
    for at in range(0, len(packed), 7):
        file.write_bytes(packed[:at] + bytes([packed[at] ^ 1]) + packed[at + 1 :])
        with pytest.raises(DamagedIndex):
            contents.read(tmp_path / INDEX)


def test_offset_outside_of_a_file_is_damage(tmp_path):
    store = Store(tmp_path, "en")
    store.add([entry(1)], 1)
    (file,) = (tmp_path / INDEX).glob("*.trm")
    packed = file.read_bytes()
    at, _, blocks, magic = FOOT.unpack(packed[-FOOT.size :])
    file.write_bytes(packed[: -FOOT.size] + FOOT.pack(at, 0xFFFFFFFF, blocks, magic))
    with pytest.raises(DamagedIndex, match="table"):
        TermsReader(file)
