"""What the index does not know yet is looked at beside it, in bounded time."""

import pytest

from linkmsg.search import unindexed
from linkmsg.search.index.memory_segment import MemorySegment
from tests import people
from tests.search.conftest import bodies, found
from tests.search.index.test_search_index import change

UNREAD = "The newest messages are still being indexed, so some results may be missing."


@pytest.fixture
def added(monkeypatch):
    """The ids of messages in the order in which they are read."""
    seen, add = [], MemorySegment.add

    def watched(draft, entry):
        seen.append(entry.id)
        add(draft, entry)

    monkeypatch.setattr(MemorySegment, "add", watched)
    return seen


def test_of_much_that_is_not_known_the_newest_is_read_and_this_is_said(
    indexed, ana, bo, monkeypatch, added
):
    monkeypatch.setattr(unindexed, "MAX_CHARACTERS", 25)
    people.talk(ana, bo, *(f"word {number}" for number in range(10)))
    page = found(ana, "word")
    assert [hit.message.body for hit in page.hits] == ["word 9", "word 8", "word 7", "word 6"]
    assert (page.is_exact, page.query.notes, len(added)) == (False, [UNREAD], 4)
    assert found(ana, "wird").suggestion == ""
    indexed()
    page = found(ana, "word")
    assert (page.total, page.is_exact, page.query.notes) == (10, True, [])


def test_what_takes_long_to_read_is_read_in_part(inside, ana, bo, monkeypatch, added):
    people.talk(ana, bo, "alpha word", "bravo word")
    monkeypatch.setattr(unindexed.Budget, "is_over", lambda _: True)
    found(ana, "word")
    assert len(added) == 1


def test_who_types_has_it_read_once(inside, ana, bo, added):
    people.talk(ana, bo, "alpha word", "bravo word")
    assert [len(bodies(ana, text)) for text in ("wor", "word", "alp", "alpha")] == [2, 2, 1, 1]
    assert len(added) == 2
    change("alpha word", "alpha changed")
    assert bodies(ana, "word") == ["bravo word"]
    people.talk(bo, ana, "charlie word")
    assert bodies(ana, "word") == ["charlie word", "bravo word"]
    assert bodies(bo, "word") == ["charlie word", "bravo word"]


def test_what_was_edited_away_is_not_found_as_it_was(indexed, ana, bo, monkeypatch):
    people.talk(ana, bo, "alpha quicksilver")
    indexed()
    monkeypatch.setattr(unindexed, "MAX_CHARACTERS", 5)
    change("alpha quicksilver", "alpha changed")
    people.talk(ana, bo, "bravo word")
    assert bodies(ana, "quicksilver") == []
