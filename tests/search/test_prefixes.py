"""The last word of a search is a prefix, however many words begin with it."""

from linkmsg.search.index import clauses, reading, view
from linkmsg.search.service import PARTIAL_NOTE
from tests import people
from tests.support.search import bodies, search, send_many


def test_prefix_finds_all_words_that_begin_with_it(maybe_index, ana, bo):
    people.talk(ana, bo, " ".join(f"con{number:04}" for number in range(450)), "conzebra")
    maybe_index()
    page = search(ana, "con")
    assert [hit.message.body[:8] for hit in page.hits] == ["conzebra", "con0000 "]
    assert (page.is_exact, page.query.notes) == (True, [])


def test_prefix_of_too_many_words_is_noted(index_all, ana, bo, monkeypatch):
    people.talk(ana, bo, "cona", "conb", "conc")
    index_all()
    monkeypatch.setattr(clauses, "MOST_EXPANDED", 2)
    for best in (False, True):
        page = search(ana, "con", best=best)
        assert {hit.message.body for hit in page.hits} == {"cona", "conb"}
        assert (page.is_exact, page.query.notes) == (False, [PARTIAL_NOTE])


def test_prefix_of_an_address_is_marked(inside, ana, bo):
    people.talk(ana, bo, "write to bo@example.org")
    (hit,) = search(ana, "bo@exam").hits
    assert hit.snippet == "write to <mark>bo@example</mark>.org"


def test_interrupted_search_continues_on_its_next_page(index_all, ana, bo, monkeypatch):
    people.talk(ana, bo, "alpha word")
    index_all()
    people.talk(ana, bo, "bravo word")
    monkeypatch.setattr(view.Budget, "is_over", lambda _: True)
    page = search(ana, "word")
    assert [hit.message.body for hit in page.hits] == ["bravo word"]
    assert bodies(ana, "word", cursor=page.next_cursor) == ["alpha word"]


def test_interrupted_search_shows_the_best_so_far(index_all, ana, bo, monkeypatch):
    send_many(ana, bo, [f"word {number}" for number in range(200)])
    index_all()
    monkeypatch.setattr(view.Budget, "is_over", lambda _: True)
    page = search(ana, "word", best=True)
    assert [hit.message.body for hit in page.hits][:2] == ["word 199", "word 198"]
    assert (page.total, page.is_exact) == (64, False)
    assert reading.GRACE < view.SECONDS
