"""How texts are read, shown and corrected."""

from pathlib import Path

import pytest

from linkmsg.search.analysis.tokenizer import tokenizer_for
from linkmsg.search.highlight.matches import Matcher
from linkmsg.search.highlight.snippet import snippet
from linkmsg.search.index.search_index import SearchIndex
from linkmsg.search.query_parser import ParsedQuery, QueryWord
from tests import people
from tests.search.conftest import found

READ = {
    "Hello, World!": "hello world",
    "naïve CAFÉ Straße": "naive cafe strasse",
    "cafe\u0301": "cafe",
    "e-mail": "e mail email",
    "don't don’t": "don t dont don t dont",
    "U.S.A.": "u s a usa",
    "1,200.50": "1 200 50 120050",
    "1 200 and 45\u00a0000 kr": "1 200 1200 and 45 000 45000 kr",
    "1234 567": "1234 567",
    "12 345-67 890": "12 345 12345 67 890 67890",
    "1.5m 2.5 10-12 v1.2": "1 5m 2 5 10 12 v1 2",
    "2026-03-01 555-8675": "2026 03 01 20260301 555 8675 5558675",
    "I'd we're dont he’ll": "i d we re dont he ll",
    "C++, C# and c+d": "c++ c# and c d cd",
    "👍🏿 👍": "👍 👍",
    "Oʼbrien": "obrien",
    "كتـــب رسالة على ١٢٣": "كتب رساله علي 123",
    "foo_bar": "foo bar foobar",
    "ana@example.org": "ana example org exampleorg",
    "a-b-c-d-e-f-g-h": "a b c d e f g h",
    "東京都": "東京 京都 都",
    "한국어": "한국 국어 어",
    "हिन्दी": "हिनदी",
    "می‌خواهم": "ميخواهم",
    "🎉 party": "🎉 party",
    "so\u00adlu\u00adtion": "solution",
    "": "",
    "--- ... !!!": "",
}


@pytest.mark.parametrize("text", READ)
def test_a_text_is_read_in_words(text):
    assert " ".join(word.surface for word in tokenizer_for("en").tokenize(text)) == READ[text]


@pytest.mark.parametrize("text", READ)
def test_each_word_stands_where_it_says(text):
    for word in tokenizer_for("en").tokenize(text):
        assert 0 <= word.start < word.end <= len(text)


def test_words_have_stems_of_the_language():
    assert {
        word.stem for word in tokenizer_for("en").tokenize("connect connected connections")
    } == {"connect"}
    assert {word.stem for word in tokenizer_for("de").tokenize("Haus Hauses Häuser")} == {"haus"}


# Forms of one word in a language, whose endings have accents.
FORMS = [
    ("fr", "créé créée créées cree"),
    ("fr", "décidé décidée"),
    ("pt", "informação informações"),
    ("pt", "informações informacoes"),
    ("pt", "informacao informação"),
    ("hu", "könyvek könyv konyvek"),
    ("pt", "reunião reuniões reunioes"),
    ("ru", "новый новая новое новые"),
    ("en", "café cafés cafe"),
]


@pytest.mark.parametrize(("language", "forms"), FORMS)
def test_forms_with_accents_are_of_one_stem(language, forms):
    words = tokenizer_for(language)
    first, *others = (word.stems for form in forms.split() for word in words.tokenize(form))
    for other in others:
        assert set(first) & set(other), other


@pytest.mark.parametrize(("language", "forms"), FORMS)
def test_each_form_finds_the_others(inside, ana, bo, language, forms):
    inside.extensions["linkmsg.search"] = SearchIndex(Path(), language)
    first, *others = forms.split()
    people.talk(ana, bo, f"ab {first} cd")
    for typed in (*others, f"ab {others[0]}", f'"ab {others[0]} cd"'):
        (hit,) = found(ana, typed).hits
        assert f"<mark>{first}</mark>" in hit.snippet or f"ab {first} cd</mark>" in hit.snippet


def test_kana_keep_their_voice(read, ana, bo):
    people.talk(ana, bo, "\u30d1\u30ea\u3078", "\u30cf\u30ea\u3078", "\uff8a\uff9f\uff98")
    people.talk(ana, bo, "\u30cf\u309a\u30ea")
    read()
    for typed in ("\u30d1\u30ea", "\u30cf\u309a\u30ea", "\uff8a\uff9f\uff98"):
        assert found(ana, typed).total == 3
    assert [hit.message.body for hit in found(ana, "\u30cf\u30ea").hits] == ["\u30cf\u30ea\u3078"]


def test_one_ideograph_finds_all_words_with_it(read, ana, bo):
    people.talk(ana, bo, "東京", "京都へ行く", "北京市", "東北")
    read()
    assert found(ana, "京").total == 3
    assert found(ana, "-京").total == 1
    assert found(ana, "京").hits[0].snippet == "北<mark>京</mark>市"


def shown(text, *words, prefix=False):
    asked = ParsedQuery(words=[QueryWord(word, is_prefix=prefix) for word in words])
    words_of = tokenizer_for("en")
    return snippet(text, Matcher.for_query(asked, words_of), words_of)


def test_a_snippet_is_around_the_best_place():
    text = f"budget {'x ' * 200}the office budget of Lisbon {'y ' * 200}"
    found_at = shown(text, "budget", "lisbon")
    assert "office <mark>budget</mark> of <mark>Lisbon</mark>" in found_at
    assert found_at.startswith("…")
    assert found_at.endswith("…")
    assert len(found_at) < 200


def test_a_snippet_marks_stems_beginnings_and_rows():
    assert shown("They were running", "run") == "They were <mark>running</mark>"
    assert shown("They budgeted", "budg", prefix=True) == "They <mark>budgeted</mark>"
    assert shown("my e-mail and mail", "e-mail") == "my <mark>e-mail</mark> and mail"
    assert shown("東京都に行く", "京都") == "東<mark>京都</mark>に行く"


def test_a_snippet_is_one_line():
    assert shown("one\ntwo\r\nthree", "two") == "one <mark>two</mark>  three"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("budgte", "budget"),
        ("Lisbom budget", "lisbon budget"),
        ("from:me bugdet", "from:me budget"),
        ("budget", ""),
        ("budgte lisbom", ""),
        ("bud", ""),
        ("qqqqqq", ""),
        ('"budgte"', ""),
        ("-budgte", ""),
    ],
)
def test_one_misspelt_word_is_corrected(read, ana, bo, typed, meant):
    people.talk(ana, bo, "The budget for Lisbon", "budgets")
    read()
    assert found(ana, typed).suggestion == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Muncehn", "München"),
        ("obrein", "O'Brien"),
        ("lisbom", "lisbon"),
        ("KUBERENTES", "kubernetes"),
    ],
)
def test_a_suggestion_is_spelt_as_it_was_written(read, ana, bo, typed, meant):
    people.talk(ana, bo, "In München O'Brien met Kubernetes of Lisbon")
    read()
    assert found(ana, typed).suggestion == meant


@pytest.mark.parametrize("typed", ["45000", "46000"])
def test_for_a_number_no_other_one_is_suggested(read, ana, bo, typed):
    people.talk(ana, bo, "about 47000")
    read()
    assert found(ana, typed).suggestion == ""


# In a language: what was said, what finds it, and what does not.
SPELLINGS = [
    ("en", "James was here", "James's", "Jamie's"),
    ("en", "over there", "https://over", "overt"),
    ("fr", "Un hotel simple", "l'hôtel", "lhotel"),
    ("fr", "de l’entreprise", "d'entreprise", "entrez"),
    ("it", "Un ufficio", "dell'ufficio", "dellufficio"),
    ("de", "Herr Müller", "Mueller", "Meller"),
    ("de", "Herr Mueller", "Müller", "Meller"),
    ("de", "Ganz neue Dinge", "neue", "nüe"),
    ("da", "I Århus", "Aarhus", "Aerhus"),
    ("sv", "Kostar 45 000 kr", "45000", "5000"),
    ("en", "C++ and C#", "c++", "c"),
    ("en", "C++ and C#", "C#", "c"),
    ("en", "€1.5m", "1.5m", "15m"),
]


@pytest.mark.parametrize(("language", "said", "typed", "other"), SPELLINGS)
def test_what_is_asked_is_understood_as_its_language_writes(
    inside, ana, bo, language, said, typed, other
):
    inside.extensions["linkmsg.search"] = SearchIndex(Path(), language)
    people.talk(ana, bo, said)
    (hit,) = found(ana, typed).hits
    assert "<mark>" in hit.snippet
    assert found(ana, other).total == 0
