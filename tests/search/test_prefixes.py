"""The last word of a search may go on, however many words begin so."""

from linkmsg.search.index import clauses, reading, view
from tests import people
from tests.search.analysis.test_any_text import LATE
from tests.search.conftest import bodies, found


def test_no_word_that_begins_so_is_left_out(read, ana, bo):
    people.talk(ana, bo, " ".join(f"con{number:04}" for number in range(450)), "conzebra")
    read()
    page = found(ana, "con")
    assert [hit.message.body[:8] for hit in page.hits] == ["conzebra", "con0000 "]
    assert (page.is_exact, page.query.notes) == (True, [])


def test_where_some_are_left_out_it_is_said(read, ana, bo, monkeypatch):
    people.talk(ana, bo, "cona", "conb", "conc")
    read()
    monkeypatch.setattr(clauses, "MOST_EXPANDED", 2)
    for best in (False, True):
        page = found(ana, "con", best=best)
        assert {hit.message.body for hit in page.hits} == {"cona", "conb"}
        assert (page.is_exact, page.query.notes) == (False, [LATE])


def test_what_goes_on_is_marked_in_an_address(read, ana, bo):
    people.talk(ana, bo, "write to bo@example.org")
    read()
    (hit,) = found(ana, "bo@exam").hits
    assert hit.snippet == "write to <mark>bo@example</mark>.org"


def test_a_search_that_is_cut_goes_on_at_its_end(indexed, ana, bo, monkeypatch):
    people.talk(ana, bo, "alpha word")
    indexed()
    people.talk(ana, bo, "bravo word")
    monkeypatch.setattr(view.Budget, "is_over", lambda _: True)
    page = found(ana, "word")
    assert [hit.message.body for hit in page.hits] == ["bravo word"]
    assert bodies(ana, "word", cursor=page.next_cursor) == ["alpha word"]


def test_the_best_of_what_was_found_in_time_is_shown(indexed, ana, bo, monkeypatch):
    people.talk(ana, bo, *(f"word {number}" for number in range(200)))
    indexed()
    monkeypatch.setattr(view.Budget, "is_over", lambda _: True)
    page = found(ana, "word", best=True)
    assert [hit.message.body for hit in page.hits][:2] == ["word 199", "word 198"]
    assert (page.total, page.is_exact) == (64, False)
    assert reading.GRACE < view.SECONDS
