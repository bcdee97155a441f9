"""The normal form of texts, for search and for comparison."""

import re
import unicodedata

import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st

from linkmsg.models.folding import (
    IGNORABLE,
    fold,
    normalized,
    normalized_with_places,
    searchable_name,
    searchable_text,
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ana  Ruiz ", "ana ruiz"),
        ("JOSÉ", "jose"),
        ("jose\N{COMBINING ACUTE ACCENT}", "jose"),
        ("Straße STRASSE ẞ", "strasse strasse ss"),
        ("Øre Æble Œuvre Łódź Đorđe Ħ", "ore aeble oeuvre lodz dorde h"),
        ("İstanbul ıssız", "istanbul issiz"),
        ("ﬁne Ⅷ ①", "fine viii 1"),
        ("한국어", "한국어"),
        ("𝐀na", "ana"),
        ("Ａｎａ", "ana"),
        ("N’Diaye N´Diaye NʼDiaye", "n'diaye n'diaye ndiaye"),
        ("Jean\u2011Luc Jean–Luc", "jean-luc jean-luc"),
        ("Zo\N{ZERO WIDTH JOINER}ë\N{BYTE ORDER MARK}", "zoe"),
        ("على ١٢٣ 1\ufe0f\u20e3", "علي 123 1"),
        ("", ""),
    ],
)
def test_fold(text, folded):
    assert fold(text) == folded


@given(st.text())
@example("𝐀na ΐ ŉ ẞ")
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(), st.text())
def test_folding_keeps_words_separate(one, other):
    assert fold(f"{one} {other}") == " ".join(f"{fold(one)} {fold(other)}".split())


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=0x24F)))
def test_folding_ignores_case(text):
    assert fold(text.upper()) == fold(text.upper().lower())


def test_ignorable_characters_are_those_of_unicode():
    ours, known = re.compile(f"[{IGNORABLE}]"), regex.compile(r"\p{Default_Ignorable_Code_Point}")
    for number in (*range(0xD800), *range(0xE000, 0x110000)):
        assert bool(ours.match(chr(number))) == bool(known.match(chr(number))), hex(number)


# A text, and its normal form.
NORMAL = {
    "plain ASCII": "plain ASCII",
    "\u1112\u1161\u11ab\u1100\u1173\u11af": "한글",
    "น้ำ": "น้\u0e4dา",
    "ທຳ": "ທ\u0ecdາ",
    "soft\u00adhyphen z\u200bw\u2060j\ufeff l\u200er\u034fm": "softhyphen zwj lrm",
    "ＡＢ１，２": "AB1,2",
    "ﾊﾟﾘ": "パリ",
    "⽇本 ㎏ №5": "日本 kg No5",
    "Acme™\ufe0f … O’Brien‑x": "Acme™ … O'Brien-x",
    "coŀlecció": "col·lecció",
}


def test_normal_form_is_the_same_for_all_forms():
    for text, expected in NORMAL.items():
        assert normalized(text) == expected, text
        for form in ("NFC", "NFD"):
            assert normalized(unicodedata.normalize(form, text)) == expected, (text, form)


@given(st.text())
@example("각\u200b\u11a8 ์ำ ﷺ")
def test_normal_form_knows_the_place_of_each_character(text):
    normal = normalized_with_places(text)
    assert normal.text == normalized(text)
    at = 0
    for number in range(len(normal.text)):
        start, end = normal.original(number, number + 1)
        assert at <= start < end <= len(text)
        assert normal.text[number] in normalized(text[start:end])
        at = start


@given(st.text())
def test_folding_starts_from_any_form(text):
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text))
    assert "".join(fold(normalized(text)).split()) == "".join(fold(text).split())


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("Ó Dálaigh", " odalaigh dalaigh"),
        ("O'Dalaigh", " odalaigh dalaigh"),
        ("Awa N’Diaye", " awandiaye ndiaye diaye"),
        ("Jean‐Luc", " jeanluc luc"),
        ("100%", " 100"),
        ("...", ""),
    ],
)
def test_name_is_stored_from_each_word_on(name, stored):
    assert searchable_name(name) == stored


def test_words_of_a_text_are_stored_apart():
    assert searchable_text("Head of E‑mail") == " head of email mail"
