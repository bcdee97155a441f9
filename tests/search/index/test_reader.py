"""A web process that follows the index goes on with what it has, whatever it meets."""

import errno
import threading

import pytest

from linkmsg.search.index import search_index as following
from linkmsg.search.index.search_index import REBUILD_REQUEST, SearchIndex
from linkmsg.search.index.terms import TermsReader
from tests import people
from tests.search.conftest import bodies, found


@pytest.fixture
def index(inside):
    return inside.extensions["linkmsg.search"]


@pytest.fixture
def said(indexed, index, ana, bo):
    """An index that is known to the reader, and has changed since."""
    people.talk(ana, bo, "alpha word")
    indexed()
    known = index.state()
    people.talk(ana, bo, "bravo word")
    (index.folder / "index" / "touched").touch()
    return known


FAULTS = {
    "too many files": OSError(errno.EMFILE, "Too many open files"),
    "no permission": PermissionError(errno.EACCES, "Permission denied"),
    "no memory": MemoryError(),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_can_not_be_read_now_is_no_damage(said, index, monkeypatch, ana, fault):
    def fail(*_args):
        raise FAULTS[fault]

    with monkeypatch.context() as patched:
        patched.setattr(following, "read", fail)
        assert index.state() is said
        assert bodies(ana, "word") == ["bravo word", "alpha word"]
    assert not (index.folder / REBUILD_REQUEST).exists()
    assert index.state() is not said


def test_a_disk_that_does_not_answer_is_not_asked_again(said, index, monkeypatch, ana):
    def fail(*_args):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(TermsReader, "get", fail)
    assert bodies(ana, "word") == ["bravo word", "alpha word"]
    assert not (index.folder / REBUILD_REQUEST).exists()


def test_a_reader_that_is_always_late_goes_on(said, index, monkeypatch):
    numbers = iter(range(100))

    def removed(*_args):
        raise FileNotFoundError(errno.ENOENT, "", f"MESSAGES_{next(numbers)}.trm")

    with monkeypatch.context() as patched:
        patched.setattr(following, "read", removed)
        assert index.state() is said
    assert not (index.folder / REBUILD_REQUEST).exists()
    assert index.state() is not said


def test_a_file_that_is_named_again_and_not_there_is_lost(said, index, monkeypatch):
    def lost(*_args):
        raise FileNotFoundError(errno.ENOENT, "", "MESSAGES_1.trm")

    monkeypatch.setattr(following, "read", lost)
    assert index.state().segments == []
    assert (index.folder / REBUILD_REQUEST).exists()


def test_while_one_thread_reads_what_is_new_the_others_search(said, index, monkeypatch):
    begun, end, read, seen = threading.Event(), threading.Event(), following.read, []

    def slow(folder):
        begun.set()
        end.wait(60)
        return read(folder)

    monkeypatch.setattr(following, "read", slow)
    first = threading.Thread(target=index.state)
    first.start()
    assert begun.wait(60)
    second = threading.Thread(target=lambda: seen.append(index.state()))
    second.start()
    second.join(10)
    end.set()
    first.join()
    second.join()
    assert [each is said for each in seen] == [True]


def test_an_index_that_is_only_behind_is_not_being_made(said, index, ana, bo, monkeypatch):
    monkeypatch.setattr("linkmsg.search.feed.change_feed.MAX_MEMBER_CHANGES", 3)
    people.talk(ana, bo, *(f"word {number}" for number in range(8)))
    assert found(ana, "word").progress is None


def test_it_is_told_how_far_an_index_has_come(inside, index, feeder, ana, bo, monkeypatch):
    monkeypatch.setattr("linkmsg.search.feed.change_feed.MAX_MEMBER_CHANGES", 3)
    monkeypatch.setattr("linkmsg.search.feed.batching.MAX_MESSAGES", 2)
    monkeypatch.setattr("linkmsg.search.feed.indexer.RUN_SECONDS", 0)
    people.talk(ana, bo, *(f"word {number}" for number in range(8)))
    feeder.run()
    assert SearchIndex(index.folder, index.language).state().rebuild_target == 8
    assert found(ana, "word").progress == 0.25
