"""Whatever goes wrong with the index, a search is answered; what works still is not thrown away."""

import errno
import json
import os

import pytest

from linkmsg.db import db
from linkmsg.search.feed import backoff, batching
from linkmsg.search.index import codec
from linkmsg.search.index.memory_segment import MemorySegment
from linkmsg.search.index.search_index import REBUILD_REQUEST
from linkmsg.search.index.store import DAMAGED, Store
from linkmsg.search.index.writer import Desk
from tests import people
from tests.search.conftest import bodies, found
from tests.search.index.test_search_index import change


class Here:
    """A writer within this process, so that it can be made to fail."""

    def __init__(self, index):
        self.desk, self.asked = Desk(index.folder, index.language), []
        self.pid = 1

    def ask(self, line, _seconds):
        self.asked.append(json.loads(line)["do"])
        return json.dumps(self.desk.answer(json.loads(line))).encode()

    def close(self):
        os.close(self.desk.lock)


@pytest.fixture
def index(inside):
    return inside.extensions["linkmsg.search"]


@pytest.fixture
def writer(feeder, index, monkeypatch):
    """Who writes the index now; it is asked again without a pause."""
    monkeypatch.setattr(backoff, "FIRST_WAIT", 0)
    feeder.child = Here(index)
    return feeder.child


@pytest.fixture
def said(writer, indexed, index, ana, bo):
    """Two messages in the index, and how its segments are called."""
    people.talk(ana, bo, "alpha word", "bravo word")
    indexed()
    return index.state().names


def feed(feeder):
    db.session.rollback()
    feeder.run()


def full(*_args, **_more):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_throws_nothing_away(said, feeder, indexed, index, ana, bo, caplog):
    people.talk(ana, bo, "charlie word")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(codec, "write", full)
        for _ in range(8):
            feed(feeder)
    assert index.state().names == said
    assert not (index.folder / DAMAGED).exists()
    assert bodies(ana, "word") == ["charlie word", "bravo word", "alpha word"]
    indexed()
    assert said < index.state().names
    assert index.state().checkpoint == 3
    told = [each.getMessage() for each in caplog.records if "can't be written" in each.message]
    assert len(told) == 1
    assert "No space left" in told[0]
    assert "exc_info" not in caplog.text


def test_what_fails_again_is_left_alone_for_a_while(said, feeder, writer, monkeypatch, ana, bo):
    people.talk(ana, bo, "charlie word")
    monkeypatch.setattr(backoff, "FIRST_WAIT", 1000)
    monkeypatch.setattr(Store, "add", full)
    feed(feeder)
    feed(feeder)
    before = list(writer.asked)
    feed(feeder)
    assert "add" in before
    assert writer.asked == before
    assert feeder.backoff.is_waiting


def test_a_folder_in_which_nothing_can_be_written_is_said_once(index, feeder, caplog, ana, bo):
    people.talk(ana, bo, "alpha word")
    index.folder.parent.mkdir(parents=True, exist_ok=True)
    index.folder.write_text("a file is in its place")
    for _ in range(2):
        feed(feeder)
    assert len([each for each in caplog.records if "can't be written" in each.message]) == 1
    assert bodies(ana, "word") == ["alpha word"]


def test_one_message_that_can_not_be_read_stops_no_other(
    said, index, indexed, ana, bo, monkeypatch, caplog
):
    monkeypatch.setattr(MemorySegment, "add", poisoned(MemorySegment.add))
    people.talk(ana, bo, *(f"delta {number}" for number in range(9)))
    people.talk(ana, bo, "poison word", *(f"echo {number}" for number in range(9)))
    change("alpha word", "poison word, too")
    indexed()
    monkeypatch.undo()
    assert index.state().checkpoint == 22
    assert bodies(ana, "word") == ["bravo word"]
    assert found(ana, "delta").total == found(ana, "echo").total == 9
    left = [each.getMessage() for each in caplog.records if "left out" in each.message]
    assert len(left) == 2
    assert "poison" not in caplog.text
    change("poison word, too", "alpha word")
    indexed()
    assert bodies(ana, "word") == ["bravo word", "alpha word"]


def poisoned(add):
    def maybe(draft, entry):
        if "poison" in entry.text:
            raise ValueError(entry.text)
        add(draft, entry)

    return maybe


def test_batches_grow_again_once_the_fault_is_left_out(monkeypatch):
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


def test_a_batch_is_as_large_as_the_writer_takes_in_a_fifth_of_a_second():
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


def test_a_segment_that_is_damaged_in_its_middle_is_left_out(said, index, indexed, ana, bo):
    for file in (index.folder / "index").glob("*.trm"):
        packed = bytearray(file.read_bytes())
        packed[20:40] = bytes(20)
        file.write_bytes(packed)
    index.__init__(index.folder, index.language)
    people.talk(ana, bo, "charlie word")
    for _ in range(2):
        assert bodies(ana, "word") == ["charlie word", "bravo word", "alpha word"]
    asked = index.folder / REBUILD_REQUEST
    assert asked.exists()
    asked.unlink()
    found(ana, "word")
    assert index.state().segments == []
    assert not asked.exists()  # it is known to be damaged
    asked.touch()
    indexed()
    assert not said & index.state().names
    assert bodies(ana, "word") == ["charlie word", "bravo word", "alpha word"]


def test_what_an_older_writer_left_is_removed(index, indexed, feeder, ana, bo):
    people.talk(ana, bo, "alpha word")
    indexed()
    feeder.close()
    (index.folder / DAMAGED).mkdir(parents=True)
    (index.folder / DAMAGED / "old.trm").write_text("zanzibar")
    people.talk(ana, bo, "bravo word")
    indexed()
    assert {each.name for each in index.folder.iterdir()} == {"index", "lock"}
