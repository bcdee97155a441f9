"""Messages that are not in the index yet are searched beside it, in bounded time."""

import pytest

from linkmsg.search import unindexed
from linkmsg.search.index.memory_segment import MemorySegment
from tests import people
from tests.support.search import bodies, edit_message, search

UNREAD = "The newest messages are still being indexed, so some results may be missing."


@pytest.fixture
def added(monkeypatch):
    """Return the ids of messages in the order in which they are added to a draft."""
    ids, add = [], MemorySegment.add

    def noted(draft, entry):
        ids.append(entry.id)
        add(draft, entry)

    monkeypatch.setattr(MemorySegment, "add", noted)
    return ids


def test_only_the_newest_of_too_many_are_searched(index_all, ana, bo, monkeypatch, added):
    monkeypatch.setattr(unindexed, "MAX_CHARACTERS", 25)
    people.talk(ana, bo, *(f"word {number}" for number in range(10)))
    page = search(ana, "word")
    assert [hit.message.body for hit in page.hits] == ["word 9", "word 8", "word 7", "word 6"]
    assert (page.is_exact, page.query.notes, len(added)) == (False, [UNREAD], 4)
    assert search(ana, "wird").suggestion == ""
    index_all()
    page = search(ana, "word")
    assert (page.total, page.is_exact, page.query.notes) == (10, True, [])


def test_draft_that_takes_too_long_is_cut_short(inside, ana, bo, monkeypatch, added):
    people.talk(ana, bo, "alpha word", "bravo word")
    monkeypatch.setattr(unindexed.Budget, "is_over", lambda _: True)
    search(ana, "word")
    assert len(added) == 1


def test_draft_is_reused_while_a_search_is_typed(inside, ana, bo, added):
    people.talk(ana, bo, "alpha word", "bravo word")
    assert [len(bodies(ana, text)) for text in ("wor", "word", "alp", "alpha")] == [2, 2, 1, 1]
    assert len(added) == 2
    edit_message("alpha word", "alpha changed")
    assert bodies(ana, "word") == ["bravo word"]
    people.talk(bo, ana, "charlie word")
    assert bodies(ana, "word") == ["charlie word", "bravo word"]
    assert bodies(bo, "word") == ["charlie word", "bravo word"]


def test_edit_outside_a_short_draft_hides_the_old_text(index_all, ana, bo, monkeypatch):
    people.talk(ana, bo, "alpha quicksilver")
    index_all()
    monkeypatch.setattr(unindexed, "MAX_CHARACTERS", 5)
    edit_message("alpha quicksilver", "alpha changed")
    people.talk(ana, bo, "bravo word")
    assert bodies(ana, "quicksilver") == []
