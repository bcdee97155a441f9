"""A word or number is found, and highlighted, in whatever form it is written or typed."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from linkmsg.search import match_spans
from linkmsg.search.analysis.tokenizer import tokenizer_for
from linkmsg.search.clause_builder import ClauseBuilder
from linkmsg.search.expansion import expand_query
from linkmsg.search.highlight.matches import Matcher
from linkmsg.search.highlight.snippet import snippet
from linkmsg.search.index.fields import IndexEntry
from linkmsg.search.index.memory_segment import MemorySegment
from linkmsg.search.index.view import Budget, View
from linkmsg.search.query_parser import parse
from tests import people
from tests.support.search import search
from tests.support.texts import TEXTS

READER = 7
# A text, and for each search what of the text is marked.
FORMS = {
    "오늘 서울 시청에서": {"서울": ["서울"], "시청": ["시청"], "울": ["울"]},
    "แก้วน้ำสะอาด": {"น้ำ": ["น้ำ"], "นํ้า": ["น้ำ"], "น้ำสะอาด": ["น้ำสะอาด"]},
    "ทำงานหนัก": {"ทำงาน": ["ทำงาน"], "ทํางาน": ["ทำงาน"]},
    "ນ້ຳໃຈ": {"ນ້ຳ": ["ນ້ຳ"], "ນໍ້າ": ["ນ້ຳ"]},
    "パーティーで": {"パーティー": ["パーティー"], "ﾊﾟｰﾃｨｰ": ["パーティー"]},
    "the annual bu\ufeffdget now": {"budget": ["bu\ufeffdget"], "budg": ["bu\ufeffdget"]},
    "a bud\u2060get, a bud\u200eget": {"budget": ["bud\u2060get", "bud\u200eget"]},
    "a budg\u034fet\u00ad": {
        "budget": ["budg\u034fet\u00ad"],
        "bud\u200bget": ["budg\u034fet\u00ad"],
    },
    "The ＢＵＤＧＥＴ is ﬁnal": {"budget": ["ＢＵＤＧＥＴ"], "final": ["ﬁnal"], "fin": ["ﬁnal"]},
    "Zürich and Kraków": {"zurich": ["Zürich"], "Kraków": ["Kraków"], "krakow": ["Kraków"]},
    "at O’Brien and O'Brien": {"obrien": ["O’Brien", "O'Brien"], "o`brien": ["O’Brien", "O'Brien"]},
    "Jean‑Luc, Jean–Luc": {
        "jean-luc": ["Jean‑Luc", "Jean–Luc"],
        "jeanluc": ["Jean‑Luc", "Jean–Luc"],
    },
}
# Numbers in groups, and words in one, both ways.
DIVIDED = {
    "call +49 30 1234567 now": {
        "+49301234567": ["49 30 1234567"],
        "49301234567 call": ["call", "49 30 1234567"],
        "+49 (0)30 123 45 67": ["49 30 1234567"],
        "4930123": ["49 30 1234567"],
        "30 1234567": ["30 1234567"],
    },
    "call +49301234567 now": {
        "+49 30 1234567": ["49301234567"],
        "+49 (0) 30 / 123 45-67": ["49301234567"],
        "+49 30 1234567 call": ["call", "49301234567"],
        "30 1234567": [],
    },
    "or (030) 123-4567!": {"0301234567": ["030) 123-4567"], "030 1234567": ["030) 123-4567"]},
    "at 06 12 34 56 78": {"0612345678": ["06 12 34 56 78"], "06.12.34.56.78": ["06 12 34 56 78"]},
    "to DE89 3704 0044 0532 0130 00, now": {
        "DE89370400440532013000": ["DE89 3704 0044 0532 0130 00"],
        "de89370400440532013000": ["DE89 3704 0044 0532 0130 00"],
        "DE8937040044": ["DE89 3704 0044 0532 0130 00"],
    },
    "to GB29NWBK60161331926819, now": {
        "GB29 NWBK 6016 1331 9268 19": ["GB29NWBK60161331926819"],
        "gb29 nwbk 6016 1331 9268 19": ["GB29NWBK60161331926819"],
    },
    "to BE68 5390 0754 7034 please": {"BE68539007547034": ["BE68 5390 0754 7034"]},
    "card 4111 1111 1111 1111": {"4111111111111111": ["4111 1111 1111 1111"]},
    "card 4111111111111111": {"4111 1111 1111 1111": ["4111111111111111"]},
    "it costs 1200000 kr": {"1 200 000": ["1200000"], "1,200,000": ["1200000"]},
    "released v2.10.3 today": {
        "2.10.3": ["2.10.3"],
        "v2.10.3": ["v2.10.3"],
        "2.10": ["2.10"],
        "2.1": [],
    },
    "released 2.10.3 today": {"v2.10.3": ["2.10.3"], "V2.10.3": ["2.10.3"]},
    "call getUserName() here": {
        "user name": ["User", "Name"],
        '"user name"': ["UserName"],
        "getusername": ["getUserName"],
        "getUserName": ["getUserName"],
        "getUserNa": ["getUserName"],
        "getuserna": ["getUserName"],
        "usern": [],
    },
    "call get_user_name or get user name": {
        "getUserName": ["get_user_name", "get user name"],
    },
    "an HTTPServer of PDFs on my iPhone": {
        "server": ["Server"],
        "pdfs": ["PDFs"],
        "iphone": ["iPhone"],
        '"my iphone"': ["my iPhone"],
    },
}


def cases(table):
    return [(text, typed, marked) for text, rows in table.items() for typed, marked in rows.items()]


def marked_in(text, typed, language="en"):
    words, query = tokenizer_for(language), parse(typed, today=None)
    spans = Matcher.for_query(query, words).spans(text, words)
    return [text[start:end] for start, end in spans]


def test_each_form_of_a_word_is_marked():
    for text, typed, marked in cases(FORMS):
        for form in ("NFC", "NFD"):
            for other in ("NFC", "NFD"):
                body, asked = unicodedata.normalize(form, text), unicodedata.normalize(other, typed)
                expected = [unicodedata.normalize(form, each) for each in marked]
                assert marked_in(body, asked) == expected, (body, asked)


def is_found(text, typed, language="en"):
    """Return whether a search finds a text, by the index alone."""
    words = tokenizer_for(language)
    segment, builder = MemorySegment(words), ClauseBuilder(READER, words)
    segment.add(IndexEntry(1, 1, 1, [READER], READER, 1_700_000_000, text, [], []))
    view = View(segment, segment.columns, segment.base, 1, frozenset(), frozenset())
    expanded = expand_query(parse(typed, today=None), words)
    clauses = [builder.clause(each) for each in expanded if each]
    return bool(clauses) and all(each.find(view, None, Budget()) for each in clauses)


def test_index_finds_each_form():
    for text, typed, marked in (*cases(FORMS), *cases(DIVIDED)):
        for form in ("NFC", "NFD"):
            assert is_found(unicodedata.normalize(form, text), typed) == bool(marked), (text, typed)


def test_phrase_that_begins_with_a_sign_is_marked():
    assert marked_in("a C++ compiler", '"c++ compiler"') == ["C++ compiler"]


@given(text=TEXTS, data=st.data(), form=st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_what_is_found_is_marked(text, data, form):
    pieces = data.draw(st.lists(st.sampled_from(text.split() or ["a"]), min_size=1, max_size=4))
    glue = data.draw(st.sampled_from([" ", "", "-"]))
    typed = unicodedata.normalize(form, glue.join(pieces))
    if is_found(text, typed):
        assert marked_in(text, typed), typed


def test_other_forms_are_found_in_messages(maybe_index, ana):
    notes = ["서울 시청", "น้ำสะอาด", "bu\ufeffdget", "+49 30 1234567", "v2.10.3", "getUserName"]
    people.talk(ana, ana, *(unicodedata.normalize("NFD", note) for note in notes))
    maybe_index()
    for typed, number in (
        ("서울", 0),
        ("นํ้า", 1),
        ("budget", 2),
        ("+49301234567", 3),
        ("2.10.3", 4),
        ("user name", 5),
    ):
        (hit,) = search(ana, typed).hits
        assert unicodedata.normalize("NFC", hit.message.body) == notes[number]
        assert "<mark>" in hit.snippet


def test_divided_words_are_marked():
    for text, typed, marked in cases(DIVIDED):
        if marked:
            assert marked_in(text, typed) == marked, (text, typed)


def test_marks_in_a_conversation_are_the_same(inside, ana):
    for text, typed, marked in (*cases(FORMS), *cases(DIVIDED)):
        body = unicodedata.normalize("NFD", text)
        spans = match_spans(ana.member(), typed, body)
        shown = [unicodedata.normalize("NFC", body[start:end]) for start, end in spans]
        if marked:
            assert shown == [unicodedata.normalize("NFC", each) for each in marked], (text, typed)


def test_match_far_into_a_text_is_in_the_snippet():
    words = tokenizer_for("en")
    for text, typed, marked in (*cases(FORMS), *cases(DIVIDED)):
        body = unicodedata.normalize("NFD", f"{'x ' * 3000}{text}{' y' * 3000}")
        shown = snippet(body, Matcher.for_query(parse(typed, today=None), words), words)
        assert ("<mark>" in shown) == bool(marked), (text, typed)
