"""Words that are written together: with hyphens, apostrophes and dots, and in addresses."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from linkmsg.search.analysis.tokenizer import tokenizer_for
from linkmsg.search.clause_builder import ClauseBuilder
from linkmsg.search.expansion import expand_phrase, expand_word
from linkmsg.search.highlight.matches import Matcher
from linkmsg.search.highlight.snippet import snippet
from linkmsg.search.index.fields import IndexEntry
from linkmsg.search.index.memory_segment import MemorySegment
from linkmsg.search.index.view import Budget, View
from linkmsg.search.query_parser import ParsedQuery, QueryWord
from tests import people
from tests.search.conftest import found

HER = 7
# What was said, what is asked, and what of it is marked; None where it is not found.
ROWS = [
    # the last word of them goes on, and stands beside the others
    ("She works part-time", "part-ti", "part-time"),
    ("I will take part of the timeline", "part-time", None),
    ("It was a long talk about the terms", "long-term", None),
    ("The report is done, find it in budget.pdf", "report.pdf", None),
    ("see report.pdf", "report.pd", "report.pdf"),
    ("see report.pdfx", "report.pdf", "report.pdfx"),
    ("mail ana@gmail.dk for comments", "ana@gmail.com", None),
    ("mail ana@gmail.com for more", "ana@gmail.com", "ana@gmail.com"),
    ("order INV-2024-0001, 00421 pieces", "INV-2024-0042", None),
    ("order INV-2024-00421", "INV-2024-0042", "INV-2024-00421"),
    ("Jean said hello, Lucas too", "jean-luc", None),
    ("I take part in this timeline", '"part tim', None),
    ("I take part timely", '"part tim', "part timely"),
    ("the réunion générale", '"reunion gene', "réunion générale"),
    # a word of two letters does not go on, also where it is made of two
    ("We could use this please", "U.S", None),
    ("in the U.S. of now", "U.S.", "U.S"),
    ("please plan", "P&L", None),
    # what is found as one is marked as one, while it is typed too
    ("Ask O'Brien", "O'Br", "O'Brien"),
    ("Ask O’Hara", "O’Ha", "O’Hara"),
    ("the email came", "e-mai", "email"),
    ("from jean-luc", "jean-l", "jean-luc"),
    ("at 3 o'clock", '"3 oclock"', "3 o'clock"),
    # an address, as a browser copies it
    ("see linkmsg.example/jobs/7", "https://linkmsg.example/jobs/7", "linkmsg.example/jobs/7"),
    ("see www.acme.example/x", "https://acme.example/x", "acme.example/x"),
    ("see https://www.acme.example/x", "http://acme.example/x", "acme.example/x"),
    ("see https://acme.example/x", "www.acme.example/x", "acme.example/x"),
    ("write to bo@acme.example", "mailto:bo@acme.example", "bo@acme.example"),
    ("over https now", "https", "https"),
    ("the www of it", "www", "www"),
]


@pytest.mark.parametrize(("said", "asked", "marked"), ROWS, ids=lambda each: str(each)[:30])
def test_what_is_written_together_is_found_and_marked_as_it_stands(
    inside, ana, bo, said, asked, marked
):
    people.talk(ana, bo, said)
    hits = [str(hit.snippet) for hit in found(ana, asked).hits]
    text = said.replace("'", "&#39;")
    mark = f"<mark>{marked}</mark>".replace("'", "&#39;")
    assert hits == ([text.replace(mark[6:-7], mark)] if marked else [])


PIECES = (
    "a",
    "be",
    "boat",
    "boats",
    "o",
    "1",
    "20",
    "200",
    "b",
    "ß",
    "é",
    "パリ",
    "boatyard",
    "oboat",
)
TIED = some.lists(some.tuples(some.sampled_from(PIECES), some.sampled_from("-'. @ ’")), max_size=7)
TEXTS = TIED.map(lambda parts: "".join(map("".join, parts)).strip() or "a")


@settings(max_examples=300)
@given(said=TEXTS, asked=TEXTS, open_end=some.booleans(), quoted=some.booleans())
def test_whatever_is_found_is_marked(said, asked, open_end, quoted):
    words, kind = tokenizer_for("en"), expand_phrase if quoted else expand_word
    typed = QueryWord(asked if quoted else asked.split()[0], is_prefix=open_end)
    sought = kind(typed, words)
    if not sought:
        return
    draft, scope = MemorySegment(words), ClauseBuilder(HER, words)
    draft.add(IndexEntry(1, 1, 1, [HER], HER, 1_700_000_000, said, [], []))
    view = View(draft, draft.columns, draft.base, 1, frozenset(), frozenset())
    is_found = bool(scope.clause(sought).find(view, None, Budget()))
    asked_for = ParsedQuery(phrases=[typed]) if quoted else ParsedQuery(words=[typed])
    assert ("<mark>" in snippet(said, Matcher.for_query(asked_for, words), words)) == is_found
