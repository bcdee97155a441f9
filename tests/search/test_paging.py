"""Pages of hits are complete and without duplicates, also while messages arrive and change."""

import pytest

from linkmsg.search.feed import batching
from tests import people
from tests.support.search import edit_message, search, send_many


@pytest.fixture
def many(ana, bo):
    """Ninety messages with one word, numbered in their order."""
    send_many(ana, bo, [f"word {number}" for number in range(90)])


def pages(ana, **options):
    """Return the hits of all pages, one page after the other; meanwhile messages arrive."""
    after, seen = "", []
    while True:
        page = search(ana, "word", cursor=after, **options)
        seen.append([hit.message.body for hit in page.hits])
        after = page.next_cursor
        if not after:
            return seen
        people.talk(ana, ana, "another word")


NEWEST_FIRST = [f"word {number}" for number in reversed(range(90))]


@pytest.mark.parametrize("best", [False, True])
def test_pages_repeat_and_omit_no_hit(maybe_index, many, ana, best):
    maybe_index()
    seen = pages(ana, best=best)
    hits = [body for page in seen for body in page]
    assert sorted(hits) == sorted(NEWEST_FIRST)
    assert [len(page) for page in seen] == [20, 20, 20, 20, 10]
    if not best:
        assert hits == NEWEST_FIRST


@pytest.mark.parametrize("best", [False, True])
def test_pages_go_through_all_segments(many, index_all, indexer, ana, best, monkeypatch):
    monkeypatch.setattr(batching, "MAX_MESSAGES", 13)
    index_all()
    assert len(indexer.index.state().segments) == 7
    # Two are stored again: one in a segment that is newer than its id, one beside the index.
    edit_message("word 5", "word 5 again")
    index_all()
    edit_message("word 40", "word 40 again")
    seen = pages(ana, best=best)
    hits = [body for page in seen for body in page]
    assert len(hits) == len(set(hits)) == 90
    assert {"word 5 again", "word 40 again"} < set(hits)
    assert [len(page) for page in seen] == [20, 20, 20, 20, 10]
    if not best:
        numbers = [int(body.split()[1]) for body in hits]
        assert numbers == list(reversed(range(90)))


def test_best_order_begins_with_the_best(maybe_index, ana, bo):
    people.talk(ana, bo, "lisbon lisbon", "lisbon and much else that has nothing to do with it")
    people.talk(bo, ana, "and some more words with lisbon in the middle of all of them")
    maybe_index()
    assert search(ana, "lisbon", best=True).hits[0].message.body == "lisbon lisbon"


def test_cursor_discloses_nothing_of_other_members(maybe_index, ana, bo, cy):
    send_many(ana, bo, [f"word {number}" for number in range(30)])
    newest = search(ana, "word").hits[0].message.id
    people.talk(cy, cy, "a word of mine")
    maybe_index()
    assert search(ana, "word", best=True).next_cursor == f"{newest}.20"


def test_invalid_cursor_gives_the_first_page(inside, many, ana):
    first = [hit.message.id for hit in search(ana, "word").hits]
    for junk in ("x", "-1", "1e9", "٣", "9" * 400, "1.5.2", "None", "\0"):
        page = search(ana, "word", cursor=junk)
        assert [hit.message.id for hit in page.hits] == first, junk
        assert len(page.hits) == 20, junk
        assert len(search(ana, "word", cursor=junk, best=True).hits) == 20, junk


def test_number_of_hits_is_exact_up_to_two_hundred(index_all, ana, bo):
    send_many(ana, bo, [f"one two{' three' * (number > 9)}" for number in range(210)])
    index_all()
    counted = search(ana, "three")
    assert (counted.total, counted.is_exact) == (200, True)
    counted = search(ana, "one")
    assert (counted.total, counted.is_exact) == (200, False)
