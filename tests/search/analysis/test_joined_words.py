"""Words joined by hyphens, apostrophes and dots, and the parts of addresses."""

from hypothesis import given
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
from tests.support.search import search

READER = 7
# A message, a search, and what of the message is marked; None where it is not found.
ROWS = [
    # the last part is a prefix, and follows the others
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
    # a word of two letters is no prefix, also where it is joined from two
    ("We could use this please", "U.S", None),
    ("in the U.S. of now", "U.S.", "U.S"),
    ("please plan", "P&L", None),
    # what is found as one word is marked as one, also while it is typed
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


def test_joined_words_are_found_and_marked_together(inside):
    for number, (text, typed, marked) in enumerate(ROWS):
        member = people.join(inside, f"Member{number} Berg")
        people.talk(member, member, text)
        snippets = [str(hit.snippet) for hit in search(member, typed).hits]
        escaped = text.replace("'", "&#39;")
        mark = f"<mark>{marked}</mark>".replace("'", "&#39;")
        assert snippets == ([escaped.replace(mark[6:-7], mark)] if marked else []), (text, typed)


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
    "boatYard",
    "OBoat",
    "v2",
    "1234567",
    "DE89",
    "\u1112\u1161\u11ab",
    "한",
    "น้ำ",
    "\ufeffbo\u2060at",
    "ﬁ",
)
TIED = some.lists(
    some.tuples(some.sampled_from(PIECES), some.sampled_from("-'. @ ’–") | some.just(" (")),
    max_size=7,
)
TEXTS = TIED.map(lambda parts: "".join(map("".join, parts)).strip() or "a")


@given(text=TEXTS, typed=TEXTS, is_prefix=some.booleans(), quoted=some.booleans())
def test_marks_agree_with_what_is_found(text, typed, is_prefix, quoted):
    words, kind = tokenizer_for("en"), expand_phrase if quoted else expand_word
    asked = QueryWord(typed if quoted else typed.split()[0], is_prefix=is_prefix)
    terms = kind(asked, words)
    if not terms:
        return
    draft, scope = MemorySegment(words), ClauseBuilder(READER, words)
    draft.add(IndexEntry(1, 1, 1, [READER], READER, 1_700_000_000, text, [], []))
    view = View(draft, draft.columns, draft.base, 1, frozenset(), frozenset())
    is_found = bool(scope.clause(terms).find(view, None, Budget()))
    query = ParsedQuery(phrases=[asked]) if quoted else ParsedQuery(words=[asked])
    assert ("<mark>" in snippet(text, Matcher.for_query(query, words), words)) == is_found
