"""How texts are split into words, stemmed, and found in each language."""

from pathlib import Path

import pytest

from linkmsg.search.analysis import tokenizer, unspaced
from linkmsg.search.analysis.tokenizer import MAX_RUN, tokenizer_for
from linkmsg.search.highlight.matches import Matcher
from linkmsg.search.highlight.snippet import snippet
from linkmsg.search.index.search_index import SearchIndex
from linkmsg.search.query_parser import ParsedQuery, QueryWord
from tests import people
from tests.support.search import bodies, search

# A text, and the words that the index has of it.
READ = {
    "Hello, World!": "hello world",
    "naïve CAFÉ Straße": "naive cafe strasse",
    "cafe\u0301": "cafe",
    "e-mail": "e mail email",
    "don't don’t": "don t dont don t dont",
    "U.S.A.": "u s a usa",
    "1,200.50": "1 200 50 120050",
    "1 200 and 45\u00a0000 kr": "1 200 1200 and 45 000 45000 kr",
    "1234 567": "1234 567 1234567",
    "12 45 and 1.5 2.5": "12 45 and 1 5 2 5",
    "+49 (0)30 123 45-67": "49 0 30 123 30123 45 67 49301234567",
    "2026-03-01 12:00": "2026 03 01 20260301 12 00",
    "GB29 NWBK 6016 1331 9268 19": "gb29 nwbk 6016 1331 9268 19 gb29nwbk60161331926819",
    "getUserName": "getusername get user name",
    "HTTPServer PDFs iPhone B2B": "httpserver http server pdfs iphone phone b2b",
    "v2.10.3": "v2 2 10 3 v2103",
    "한글": "한글 글",
    "น้ำ": "น\u0e4d \u0e4dา า",
    "bu\ufeffd\u2060g\u200ee\u034ft": "budget",
    "12 345-67 890": "12 345 12345 67 890 67890 1234567890",
    "1.5m 2.5 10-12 v1.2": "1 5m 2 5 10 12 v1 1 2",
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


def test_text_is_split_into_words():
    for text, words in READ.items():
        assert " ".join(word.surface for word in tokenizer_for("en").tokenize(text)) == words, text


def test_each_word_has_its_place_in_the_text():
    for text in READ:
        for word in tokenizer_for("en").tokenize(text):
            assert 0 <= word.start < word.end <= len(text), text


def test_words_are_stemmed_by_language():
    assert {
        word.stem for word in tokenizer_for("en").tokenize("connect connected connections")
    } == {"connect"}
    assert {word.stem for word in tokenizer_for("de").tokenize("Haus Hauses Häuser")} == {"haus"}


# Forms of one word in a language, with accents in their endings.
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


def test_forms_with_accents_share_a_stem():
    for language, forms in FORMS:
        words = tokenizer_for(language)
        first, *others = (word.stems for form in forms.split() for word in words.tokenize(form))
        for other in others:
            assert set(first) & set(other), (language, forms)


@pytest.fixture
def notes_of(inside):
    """Return a function that makes a member with one note, in an instance of some language."""
    numbers = iter(range(1000))

    def new_member(language, note):
        inside.extensions["linkmsg.search"] = SearchIndex(Path(), language)
        member = people.join(inside, f"Member{next(numbers)} Berg")
        people.talk(member, member, note)
        return member

    return new_member


def test_each_form_of_a_word_finds_the_others(notes_of):
    for language, forms in FORMS:
        first, *others = forms.split()
        member = notes_of(language, f"ab {first} cd")
        for text in (*others, f"ab {others[0]}", f'"ab {others[0]} cd"'):
            (hit,) = search(member, text).hits
            marked = (f"<mark>{first}</mark>", f"ab {first} cd</mark>")
            assert any(each in hit.snippet for each in marked), text


def test_kana_are_distinguished_by_their_voice_marks(inside, ana, bo):
    people.talk(ana, bo, "\u30d1\u30ea\u3078", "\u30cf\u30ea\u3078", "\uff8a\uff9f\uff98")
    people.talk(ana, bo, "\u30cf\u309a\u30ea")
    for text in ("\u30d1\u30ea", "\u30cf\u309a\u30ea", "\uff8a\uff9f\uff98"):
        assert search(ana, text).total == 3
    assert bodies(ana, "\u30cf\u30ea") == ["\u30cf\u30ea\u3078"]


def test_one_ideograph_finds_all_words_with_it(maybe_index, ana, bo):
    people.talk(ana, bo, "東京", "京都へ行く", "北京市", "東北")
    maybe_index()
    assert search(ana, "京").total == 3
    assert search(ana, "-京").total == 1
    assert search(ana, "京").hits[0].snippet == "北<mark>京</mark>市"


def snippet_of(text, *words, prefix=False):
    asked = ParsedQuery(words=[QueryWord(word, is_prefix=prefix) for word in words])
    words_en = tokenizer_for("en")
    return snippet(text, Matcher.for_query(asked, words_en), words_en)


def test_snippet_is_around_the_best_place():
    text = f"budget {'x ' * 200}the office budget of Lisbon {'y ' * 200}"
    shown = snippet_of(text, "budget", "lisbon")
    assert "office <mark>budget</mark> of <mark>Lisbon</mark>" in shown
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) < 200


def test_snippet_marks_stems_prefixes_and_joined_words():
    assert snippet_of("They were running", "run") == "They were <mark>running</mark>"
    assert snippet_of("They budgeted", "budg", prefix=True) == "They <mark>budgeted</mark>"
    assert snippet_of("my e-mail and mail", "e-mail") == "my <mark>e-mail</mark> and mail"
    assert snippet_of("東京都に行く", "京都") == "東<mark>京都</mark>に行く"


def test_snippet_is_one_line():
    assert snippet_of("one\ntwo\r\nthree", "two") == "one <mark>two</mark>  three"


# In a language: a message, a search that finds it, and one that does not.
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


def test_search_follows_the_spelling_of_the_language(notes_of):
    for language, note, text, other in SPELLINGS:
        member = notes_of(language, note)
        (hit,) = search(member, text).hits
        assert "<mark>" in hit.snippet, text
        assert search(member, other).total == 0, other


@pytest.mark.parametrize(("letter", "most"), [("é", 2 * MAX_RUN), ("\u30d1", 2)])
def test_long_word_is_folded_only_as_far_as_it_counts(monkeypatch, letter, most):
    folded, fold = [], tokenizer.fold
    for module in (tokenizer, unspaced):
        monkeypatch.setattr(module, "fold", lambda text: folded.append(text) or fold(text))
    words = tokenizer_for("en")
    words.normalize.cache_clear()
    unspaced._fold_letter.cache_clear()
    assert list(words.tokenize(letter * 8000))
    assert 0 < len("".join(folded)) <= most
