"""Pages of what was found: whole, without doubles, also while messages arrive and change."""

import pytest

from linkmsg.search.feed import batching
from tests import people
from tests.search.conftest import found
from tests.search.index.test_search_index import change


@pytest.fixture
def many(ana, bo):
    """Ninety messages with one word, in the order of their numbers."""
    people.talk(ana, bo, *(f"word {number}" for number in range(90)))


def pages(ana, **asked):
    """All pages one after the other; meanwhile more is said."""
    after, seen = "", []
    while True:
        page = found(ana, "word", cursor=after, **asked)
        seen.append([hit.message.body for hit in page.hits])
        after = page.next_cursor
        if not after:
            return seen
        yield_more(ana)


def yield_more(ana):
    people.talk(ana, ana, "another word")


@pytest.mark.parametrize("best", [False, True])
def test_no_page_repeats_or_leaves_out_anything(read, many, ana, best):
    read()
    seen = pages(ana, best=best)
    told = [body for page in seen for body in page]
    assert sorted(told) == sorted(f"word {number}" for number in range(90))
    assert [len(page) for page in seen] == [20, 20, 20, 20, 10]


@pytest.mark.parametrize("best", [False, True])
def test_pages_go_through_all_segments(many, indexed, feeder, ana, best, monkeypatch):
    monkeypatch.setattr(batching, "MAX_MESSAGES", 13)
    indexed()
    assert len(feeder.index.state().segments) == 7
    # Two are kept anew: one in a segment that is newer than its id, one beside the index.
    change("word 5", "word 5 again")
    indexed()
    change("word 40", "word 40 again")
    seen = pages(ana, best=best)
    told = [body for page in seen for body in page]
    assert len(told) == len(set(told)) == 90
    assert {"word 5 again", "word 40 again"} < set(told)
    assert [len(page) for page in seen] == [20, 20, 20, 20, 10]
    if not best:
        numbers = [int(body.split()[1]) for body in told]
        assert numbers == list(reversed(range(90)))


def test_the_newest_come_first(read, many, ana):
    read()
    told = [body for page in pages(ana) for body in page]
    assert told == [f"word {number}" for number in reversed(range(90))]


def test_the_best_come_first(read, ana, bo):
    people.talk(ana, bo, "lisbon lisbon", "lisbon and much else that has nothing to do with it")
    people.talk(bo, ana, "and some more words with lisbon in the middle of all of them")
    read()
    assert found(ana, "lisbon", best=True).hits[0].message.body == "lisbon lisbon"


def test_a_cursor_tells_nothing_of_what_others_write(read, ana, bo, cy):
    people.talk(ana, bo, *(f"word {number}" for number in range(30)))
    newest = found(ana, "word").hits[0].message.id
    people.talk(cy, cy, "a word of mine")
    read()
    assert found(ana, "word", best=True).next_cursor == f"{newest}.20"


def test_what_is_no_cursor_is_the_first_page(read, many, ana):
    read()
    first = [hit.message.id for hit in found(ana, "word").hits]
    for junk in ("x", "-1", "1e9", "٣", "9" * 400, "1.5.2", "None", "\0"):
        for best in (False, True):
            page = found(ana, "word", cursor=junk, best=best)
            assert len(page.hits) == 20, junk
        assert [hit.message.id for hit in found(ana, "word", cursor=junk).hits] == first, junk


def test_how_many_there_are_is_exact_until_two_hundred(read, ana, bo):
    people.talk(ana, bo, *(f"one two{' three' * (number > 9)}" for number in range(210)))
    read()
    counted = found(ana, "three")
    assert (counted.total, counted.is_exact) == (200, True)
    counted = found(ana, "one")
    assert (counted.total, counted.is_exact) == (200, False)
