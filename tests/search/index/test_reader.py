"""A web process continues with the index that it has read when it can't read a newer one."""

import errno
import threading

import pytest

from linkmsg.search.index import search_index
from linkmsg.search.index.search_index import REBUILD_REQUEST, SearchIndex
from linkmsg.search.index.terms import TermsReader
from tests import people
from tests.support.search import bodies, search


@pytest.fixture
def known_state(index_all, index, ana, bo):
    """Return the state of the index that the reader knows; the index has changed since."""
    people.talk(ana, bo, "alpha word")
    index_all()
    known = index.state()
    people.talk(ana, bo, "bravo word")
    (index.folder / "index" / "touched").touch()
    return known


ERRORS = {
    "too many files": OSError(errno.EMFILE, "Too many open files"),
    "no permission": PermissionError(errno.EACCES, "Permission denied"),
    "no memory": MemoryError(),
}


@pytest.mark.parametrize("error", ERRORS)
def test_temporary_error_is_no_damage(known_state, index, monkeypatch, ana, error):
    def fail(*_args):
        raise ERRORS[error]

    with monkeypatch.context() as patched:
        patched.setattr(search_index, "read", fail)
        assert index.state() is known_state
        assert bodies(ana, "word") == ["bravo word", "alpha word"]
    assert not (index.folder / REBUILD_REQUEST).exists()
    assert index.state() is not known_state


def test_disk_error_asks_for_no_rebuild(known_state, index, monkeypatch, ana):
    def fail(*_args):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(TermsReader, "get", fail)
    assert bodies(ana, "word") == ["bravo word", "alpha word"]
    assert not (index.folder / REBUILD_REQUEST).exists()


def test_reader_that_is_always_late_continues(known_state, index, monkeypatch):
    numbers = iter(range(100))

    def removed(*_args):
        raise FileNotFoundError(errno.ENOENT, "", f"MESSAGES_{next(numbers)}.trm")

    with monkeypatch.context() as patched:
        patched.setattr(search_index, "read", removed)
        assert index.state() is known_state
    assert not (index.folder / REBUILD_REQUEST).exists()
    assert index.state() is not known_state


def test_missing_file_of_the_newest_contents_is_lost(known_state, index, monkeypatch):
    def lost(*_args):
        raise FileNotFoundError(errno.ENOENT, "", "MESSAGES_1.trm")

    monkeypatch.setattr(search_index, "read", lost)
    assert index.state().segments == []
    assert (index.folder / REBUILD_REQUEST).exists()


def test_other_threads_search_while_one_reads_the_index(known_state, index, monkeypatch):
    begun, end, read, seen = threading.Event(), threading.Event(), search_index.read, []

    def read_slowly(folder):
        begun.set()
        end.wait(60)
        return read(folder)

    monkeypatch.setattr(search_index, "read", read_slowly)
    first = threading.Thread(target=index.state)
    first.start()
    assert begun.wait(60)
    second = threading.Thread(target=lambda: seen.append(index.state()))
    second.start()
    second.join(60)
    assert [each is known_state for each in seen] == [True]  # while the first still reads
    assert first.is_alive()
    end.set()
    first.join()


def test_index_that_is_only_behind_shows_no_progress(known_state, index, ana, bo, monkeypatch):
    monkeypatch.setattr("linkmsg.search.feed.change_feed.MAX_MEMBER_CHANGES", 3)
    people.talk(ana, bo, *(f"word {number}" for number in range(8)))
    assert search(ana, "word").progress is None


def test_progress_is_the_indexed_part(inside, index, indexer, ana, bo, monkeypatch):
    monkeypatch.setattr("linkmsg.search.feed.change_feed.MAX_MEMBER_CHANGES", 3)
    monkeypatch.setattr("linkmsg.search.feed.batching.MAX_MESSAGES", 2)
    monkeypatch.setattr("linkmsg.search.feed.indexer.RUN_SECONDS", 0)
    people.talk(ana, bo, *(f"word {number}" for number in range(8)))
    indexer.run()
    assert SearchIndex(index.folder, index.language).state().rebuild_target == 8
    assert search(ana, "word").progress == 0.25
