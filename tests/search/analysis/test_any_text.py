"""Whatever is typed is answered: with results or a sentence, safely, and in bounded time."""

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
from tests.search.conftest import found
from tests.search.test_query_language import ROWS

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
def said(ana, bo):
    """Some messages, in the index and not."""
    people.talk(ana, bo, "alpha word <script>alert(1)</script>", "东京 é word-word & 'quotes'")
    return ana


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=TYPED, after=CURSORS, best=some.booleans(), inside=some.sampled_from([None, 1, 99]))
def test_any_text_is_answered(inside_app, said, text, after, best, inside):
    page = found(said, text, cursor=after, best=best, conversation_id=inside)
    assert len(page.hits) <= 20
    for hit in page.hits:
        assert re.fullmatch(f"(?:{MARKUP.pattern})*", hit.snippet, re.DOTALL)


@pytest.fixture
def inside_app(indexed, said):
    """An index that has read it."""
    indexed()


@pytest.mark.parametrize("name", PATHOLOGICAL)
def test_what_is_made_to_take_long_is_bounded(inside_app, said, name):
    page = found(said, PATHOLOGICAL[name])
    assert len(page.query.words) + len(page.query.phrases) + len(page.query.filters) <= MAX_TERMS
    assert all(len(note) < 300 for note in page.query.notes)


def test_the_value_of_an_operator_is_no_way_around_the_bounds(inside, said):
    page = found(said, '"alpha" zz:"' + "a " * 900 + '"')
    assert (page.query.size, len(page.query.phrases)) == (MAX_TERMS, 1)
    assert page.query.notes == [f"Only the first {MAX_TERMS} words were searched."]


def test_what_is_left_out_of_a_long_text_is_said(inside, said):
    notes = found(said, "word " * 1000).query.notes
    assert notes == [
        f"Only the first {MAX_CHARACTERS:,} characters were searched.",
        f"Only the first {MAX_TERMS} words were searched.",
    ]


def test_a_search_that_takes_its_time_gives_what_it_has(inside_app, said, monkeypatch):
    people.talk(said, said, "bravo word")
    monkeypatch.setattr(view.Budget, "is_over", lambda _: True)
    for text in ("word", "bra", '"bravo word"', "bravo from:me after:2020"):
        for best in (False, True):
            page = found(said, text, best=best)
            shown = [hit.message.body for hit in page.hits]
            assert shown == ["bravo word"], text
    page = found(said, "word")
    assert (page.total, page.is_exact, page.query.notes) == (1, False, [LATE])


def test_what_must_not_be_there_is_not_shown_for_want_of_time(inside_app, said, monkeypatch):
    monkeypatch.setattr(view.Budget, "is_over", lambda _: True)
    for best in (False, True):
        page = found(said, '-"alpha word" word', best=best)
        assert (page.hits, page.is_exact, page.query.notes) == ([], False, [LATE])


@settings(max_examples=200, deadline=None)
@given(text=some.text(max_size=400), typed=some.text(min_size=1, max_size=20))
def test_a_snippet_is_of_the_text_and_escaped(text, typed):
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
