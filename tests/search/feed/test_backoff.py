"""Whatever fails in the index, a search is answered, and no intact part is discarded."""

import errno
import os

import pytest

from linkmsg.search.feed import backoff, batching
from linkmsg.search.index import codec
from linkmsg.search.index.memory_segment import MemorySegment
from linkmsg.search.index.search_index import REBUILD_REQUEST
from linkmsg.search.index.store import DAMAGED, Store
from tests import people
from tests.support.search import bodies, edit_message, run_once, search


@pytest.fixture
def writer(indexer, monkeypatch):
    """Return the writer of the index; after a failure it is asked again without a pause."""
    monkeypatch.setattr(backoff, "FIRST_WAIT", 0)
    return indexer.child


@pytest.fixture
def segments(writer, index_all, index, ana, bo):
    """Return the names of the segments of an index of two messages."""
    people.talk(ana, bo, "alpha word", "bravo word")
    index_all()
    return index.state().names


def fail_with_a_full_disk(*_args, **_options):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_full_disk_discards_nothing(segments, indexer, index_all, index, ana, bo, caplog):
    people.talk(ana, bo, "charlie word")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(codec, "write", fail_with_a_full_disk)
        for _ in range(8):
            run_once(indexer)
    assert index.state().names == segments
    assert not (index.folder / DAMAGED).exists()
    assert bodies(ana, "word") == ["charlie word", "bravo word", "alpha word"]
    index_all()
    assert segments < index.state().names
    assert index.state().checkpoint == 3
    logged = [each.getMessage() for each in caplog.records if "can't be written" in each.message]
    assert len(logged) == 1
    assert "No space left" in logged[0]
    assert "exc_info" not in caplog.text


def test_second_failure_makes_the_indexer_wait(segments, indexer, writer, monkeypatch, ana, bo):
    people.talk(ana, bo, "charlie word")
    monkeypatch.setattr(backoff, "FIRST_WAIT", 1000)
    monkeypatch.setattr(Store, "add", fail_with_a_full_disk)
    run_once(indexer)
    run_once(indexer)
    before = list(writer.requests)
    run_once(indexer)
    assert "add" in before
    assert writer.requests == before
    assert indexer.backoff.is_waiting


def test_folder_that_is_not_writable_is_logged_once(index, indexer, caplog, ana, bo):
    people.talk(ana, bo, "alpha word")
    index.folder.parent.mkdir(parents=True, exist_ok=True)
    index.folder.write_text("a file is in its place")
    for _ in range(2):
        run_once(indexer)
    assert len([each for each in caplog.records if "can't be written" in each.message]) == 1
    assert bodies(ana, "word") == ["alpha word"]


def test_message_that_cannot_be_indexed_stops_no_other(
    segments, index, index_all, ana, bo, monkeypatch, caplog
):
    monkeypatch.setattr(MemorySegment, "add", fail_on_poison(MemorySegment.add))
    people.talk(ana, bo, *(f"delta {number}" for number in range(9)))
    people.talk(ana, bo, "poison word", *(f"echo {number}" for number in range(9)))
    edit_message("alpha word", "poison word, too")
    index_all()
    monkeypatch.undo()
    assert index.state().checkpoint == 22
    assert bodies(ana, "word") == ["bravo word"]
    assert search(ana, "delta").total == search(ana, "echo").total == 9
    omitted = [each.getMessage() for each in caplog.records if "left out" in each.message]
    assert len(omitted) == 2
    assert "poison" not in caplog.text
    edit_message("poison word, too", "alpha word")
    index_all()
    assert bodies(ana, "word") == ["bravo word", "alpha word"]


def fail_on_poison(add):
    def checked(draft, entry):
        if "poison" in entry.text:
            raise ValueError(entry.text)
        add(draft, entry)

    return checked


def test_batches_grow_again_after_the_failing_message(monkeypatch):
    monkeypatch.setattr(batching, "MAX_MESSAGES", 4)
    made = batching.BatchSizer()
    assert made.fail([1, 2, 3, 4])
    assert made.size == 4
    assert made.fail([1, 2, 3, 4])
    assert made.size == 2
    made.succeed([1, 2], 0.01)
    assert made.size == 2
    made.succeed([3, 4], 0.01)
    assert made.size == 4


def test_batch_is_what_the_writer_adds_in_a_fifth_of_a_second():
    made, least = batching.BatchSizer(), batching.MIN_MESSAGES
    made.succeed(range(least), 0.001)
    assert made.pace == 2 * least  # at most twice as large
    made.succeed(range(2 * least), 0.2)
    assert made.pace == 2 * least
    made.succeed(range(2 * least), 4.0)
    assert made.pace == least
    for _ in range(9):
        made.succeed(range(made.pace), 0.001)
    assert made.pace == batching.MAX_MESSAGES


def test_segment_with_damaged_terms_is_not_searched(segments, index, index_all, ana, bo):
    for file in (index.folder / "index").glob("*.trm"):
        packed = bytearray(file.read_bytes())
        packed[20:40] = bytes(20)
        file.write_bytes(packed)
    index.__init__(index.folder, index.language)
    people.talk(ana, bo, "charlie word")
    for _ in range(2):
        assert bodies(ana, "word") == ["charlie word", "bravo word", "alpha word"]
    rebuild = index.folder / REBUILD_REQUEST
    assert rebuild.exists()
    rebuild.unlink()
    search(ana, "word")
    assert index.state().segments == []
    assert not rebuild.exists()  # the damage was reported before
    rebuild.touch()
    index_all()
    assert not segments & index.state().names
    assert bodies(ana, "word") == ["charlie word", "bravo word", "alpha word"]


def test_files_of_an_older_writer_are_removed(index, index_all, indexer, ana, bo):
    people.talk(ana, bo, "alpha word")
    index_all()
    indexer.close()
    (index.folder / DAMAGED).mkdir(parents=True)
    (index.folder / DAMAGED / "old.trm").write_text("zanzibar")
    people.talk(ana, bo, "bravo word")
    index_all()
    assert {each.name for each in index.folder.iterdir()} == {"index", "lock"}
