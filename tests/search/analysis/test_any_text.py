"""Any text is a valid search: it is answered safely, and in bounded time."""

import re
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from markupsafe import Markup

from linkmsg.search.analysis.tokenizer import tokenizer_for
from linkmsg.search.highlight.matches import Matcher
from linkmsg.search.highlight.snippet import highlight_text, snippet
from linkmsg.search.index import view
from linkmsg.search.query_parser import MAX_CHARACTERS, MAX_TERMS, parse
from tests import people
from tests.support.query_language import ROWS
from tests.support.search import search

PIECES = [
    *ROWS,
    '"',
    "-",
    ":",
    "from:",
    "before:",
    "has:",
    "*",
    "\x1f",
    "\0",
    "\n",
    "(",
    "OR",
    "é",
    "東",
]
TYPED = some.one_of(
    some.text(max_size=60),
    some.lists(some.sampled_from(PIECES), max_size=8).map(" ".join),
    some.lists(some.sampled_from(PIECES), max_size=8).map("".join),
)
CURSORS = some.one_of(some.text(max_size=12), some.from_regex(r"[0-9]{1,20}\.?[0-9]{0,20}"))
PATHOLOGICAL = {
    "a star": "a*",
    "stars": "* * *",
    "a range": "[a TO z]",
    "many words": " ".join(f"word{number}" for number in range(5000)),
    "one word many times": "word " * 5000,
    "many quotes": '"' * 100 + "word" + '"' * 100,
    "nested quotes": '"a ' * 50 + "word" + ' a"' * 50,
    "many operators": "from:bo " * 200,
    "many nots": "-word " * 200,
    "a long word": "a" * 100_000,
    "long ties": "a-" * 1000,
    "long ideographs": "東京" * 1000,
    "colons": ":" * 2000,
    "hyphens": "-" * 2000,
    "marks": "a" + "\u0301" * 1900,
    "half a pair": "\ud800 from:\udc00 word",
    "a long phrase": '"' + "word " * 300 + '"',
}
LATE = "This search took too long, so some results may be missing."
MARKUP = re.compile(r"&(?:amp|lt|gt|#34|#39);|</?mark>|[^<>&\"']|…")


@pytest.fixture
def ana_indexed(index_all, ana, bo):
    """Ana, with messages that are in the index."""
    send(ana, bo)
    index_all()
    return ana


@pytest.fixture
def ana_unindexed(inside, ana, bo):
    """Ana, with messages that are not in the index yet."""
    send(ana, bo)
    return ana


def send(ana, bo):
    people.talk(ana, bo, "alpha word <script>alert(1)</script>", "东京 é word-word & 'quotes'")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=TYPED,
    cursor=CURSORS,
    best=some.booleans(),
    conversation_id=some.sampled_from([None, 1, 99]),
)
def test_any_text_is_answered(ana_indexed, text, cursor, best, conversation_id):
    page = search(ana_indexed, text, cursor=cursor, best=best, conversation_id=conversation_id)
    assert len(page.hits) <= 20
    for hit in page.hits:
        assert re.fullmatch(f"(?:{MARKUP.pattern})*", hit.snippet, re.DOTALL)


def test_expensive_searches_are_bounded(ana_indexed):
    for name, text in PATHOLOGICAL.items():
        asked = search(ana_indexed, text).query
        assert len(asked.words) + len(asked.phrases) + len(asked.filters) <= MAX_TERMS, name
        assert all(len(note) < 300 for note in asked.notes), name


def test_value_of_an_operator_counts_towards_the_bounds(ana_unindexed):
    page = search(ana_unindexed, '"alpha" zz:"' + "a " * 900 + '"')
    assert (page.query.size, len(page.query.phrases)) == (MAX_TERMS, 1)
    assert page.query.notes == [f"Only the first {MAX_TERMS} words were searched."]


def test_omitted_part_of_a_long_search_is_noted(ana_unindexed):
    assert search(ana_unindexed, "word " * 1000).query.notes == [
        f"Only the first {MAX_CHARACTERS:,} characters were searched.",
        f"Only the first {MAX_TERMS} words were searched.",
    ]


def test_search_out_of_time_gives_what_it_has(ana_indexed, monkeypatch):
    people.talk(ana_indexed, ana_indexed, "bravo word")
    monkeypatch.setattr(view.Budget, "is_over", lambda _: True)
    for text in ("word", "bra", '"bravo word"', "bravo from:me after:2020"):
        for best in (False, True):
            page = search(ana_indexed, text, best=best)
            assert [hit.message.body for hit in page.hits] == ["bravo word"], text
    page = search(ana_indexed, "word")
    assert (page.total, page.is_exact, page.query.notes) == (1, False, [LATE])


def test_search_out_of_time_shows_nothing_excluded(ana_indexed, monkeypatch):
    monkeypatch.setattr(view.Budget, "is_over", lambda _: True)
    for best in (False, True):
        page = search(ana_indexed, '-"alpha word" word', best=best)
        assert (page.hits, page.is_exact, page.query.notes) == ([], False, [LATE])


@given(text=some.text(max_size=400), typed=some.text(min_size=1, max_size=20))
def test_snippet_is_a_part_of_the_text_and_escaped(text, typed):
    words = tokenizer_for("en")
    marks = Matcher.for_query(parse(typed, today=date(2026, 11, 26)), words)
    shown = snippet(text, marks, words)
    assert re.fullmatch(f"(?:{MARKUP.pattern})*", shown, re.DOTALL)
    plain = str(Markup(re.sub("</?mark>", "", shown)).unescape())
    spaced = re.sub(r"[\n\r\t]", " ", text)
    assert plain.removeprefix("…").removesuffix("…").strip() in spaced
    assert len(plain) <= 200
    whole = highlight_text(text, marks, words)
    assert whole is None or re.fullmatch(f"(?:{MARKUP.pattern})*", whole, re.DOTALL)
