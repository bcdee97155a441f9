"""The snippet of a long text is around what was found, without reading all of it."""

from datetime import date
from string import ascii_letters, digits

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from linkmsg.config import LANGUAGES
from linkmsg.search.analysis.tokenizer import Tokenizer, tokenizer_for
from linkmsg.search.highlight import passages
from linkmsg.search.highlight.matches import Matcher
from linkmsg.search.highlight.snippet import LENGTH, snippet
from linkmsg.search.query_parser import parse
from tests import people
from tests.search import conftest
from tests.search.index.test_document import PIECES, TEXTS

FILLER = "Sed ut perspiciatis, unde omnis iste natus error sit. " * 60
FOUND = {
    "budget": ("the Budgets of all", "the <mark>Budgets</mark> of all"),
    "BUDGÉT": ("the budget", "the <mark>budget</mark>"),
    "cafe": ("a Café here", "a <mark>Café</mark> here"),
    "email": ("an e-mail here", "an <mark>e-mail</mark> here"),
    "bud": ("the budget", "the <mark>budget</mark>"),
    "hopped": ("we are hopping", "we are <mark>hopping</mark>"),
    "smørrebrød": ("a Smørrebrød, a", "a <mark>Smørrebrød</mark>, a"),
    "bo@example.org": ("to bo@example.org now", "to <mark>bo@example.org</mark> now"),
    '"new office"': ("a new office now", "a <mark>new office</mark> now"),
    "京都": ("今日は京都府です", "今日は<mark>京都</mark>府です"),
    "東京都": ("今日は東京都です", "今日は<mark>東京都</mark>です"),
    "서울": ("오늘 서울 갑니다", "오늘 <mark>서울</mark> 갑니다"),
    "パリ": ("今日パリへ", "今日<mark>パリ</mark>へ"),
}
TIED = ("a", "b", "ab", "aba", "a-b", "a.b-a", "b a")
TIED_TEXTS = some.lists(some.sampled_from(("a-", "b’", "x-", "a", "B–", "… ")), max_size=9)


class Watched(Tokenizer):
    """Words that count the characters they are asked to read, and the words that are taken."""

    read = seen = 0

    def tokenize(self, text):
        self.read += len(text)
        for word in super().tokenize(text):
            self.seen += 1
            yield word


def marks(text, words):
    return Matcher.for_query(parse(text, today=date(2026, 11, 26)), words)


def assert_marked_as_read(words, text, asked):
    """Each word that matches is marked from its beginning, and nothing is beside them."""
    wanted = marks(asked, words)
    wanted.phrases = []
    found = list(words.tokenize(text))
    begins = tuple(wanted.prefixes)
    matching = [
        word
        for word in found
        if wanted.stems & {*word.stems} or (begins and word.surface.startswith(begins))
    ]
    covered = {at for start, end in wanted.spans(text, words) for at in range(start, end)}
    firsts = {word.start for word in matching}
    assert firsts <= covered
    assert covered <= {at for word in matching for at in range(word.start, word.end)}


@pytest.mark.parametrize("text", FOUND)
def test_a_match_far_behind_is_shown_and_little_is_read(text):
    words, (said, shown) = Watched("en"), FOUND[text]
    wanted = marks(text, words)
    words.read = 0
    assert shown in snippet(f"{FILLER}{said} {FILLER}", wanted, words)
    assert words.read <= passages.SHORT


def test_of_many_matches_the_place_with_most_different_ones_is_shown():
    words = Tokenizer("en")
    text = f"budget {FILLER} office {FILLER} the budget of the office {FILLER} budget"
    shown = snippet(text, marks("office budget", words), words)
    assert "the <mark>budget</mark> of the <mark>office</mark>" in shown
    assert (shown[0], shown[-1]) == ("…", "…")


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("words and more of them ", "…"),
        ("مساء الخير ", "…"),
        ("lantern and مساء الخير ", "…\u200f"),
        ("مساء الخير and words ", "…\u200e"),
        ("12 ", "…"),
    ],
)
def test_the_dots_stand_behind_the_last_words_whatever_their_direction(text, end):
    shown = snippet(text + "word " * 40, Matcher(), Tokenizer("en"), len(text))
    assert shown.endswith(text.strip() + end)


def test_a_match_that_the_snippet_would_cut_is_no_reason_for_its_place():
    words = Tokenizer("en")
    text = f"alpha {'x ' * 56}bravo {'y ' * 80}alpha bravo {'z ' * 80}"
    assert text.index("bravo") < LENGTH * 3 // 4 < text.index("bravo") + len("bravo")
    shown = snippet(text, marks("alpha bravo", words), words)
    assert "<mark>alpha</mark> <mark>bravo</mark>" in shown


def test_a_phrase_is_shown_and_not_its_words_apart():
    words = Tokenizer("en")
    text = f"new {FILLER} an office that is new {FILLER} a new office {FILLER}"
    assert "a <mark>new office</mark>" in snippet(text, marks('"new office"', words), words)


@pytest.mark.parametrize("language", LANGUAGES)
@given(text=TEXTS, asked=some.lists(some.sampled_from(PIECES), min_size=1, max_size=3))
def test_what_is_marked_is_what_matches_where_all_words_are_read(language, text, asked):
    assert_marked_as_read(tokenizer_for(language), text, " ".join(asked))


@given(text=TIED_TEXTS.map("".join), asked=some.sampled_from(TIED))
@example(text="x-a-b", asked="a-b")
@example(text="a-b’a", asked="aba")
def test_what_is_tied_together_is_marked_as_it_is_where_all_words_are_read(text, asked):
    assert_marked_as_read(tokenizer_for("en"), text, asked)


@given(
    text=TIED_TEXTS.map("".join),
    asked=some.sampled_from(('"a b"', '"a b a"', "a-b", '"x a-b"', '"b x" "x b x" a', "x-a")),
)
@example(text="x b x", asked='"b x" "x b x" a')
def test_a_text_is_marked_the_same_beside_a_word_of_other_letters(text, asked):
    words = tokenizer_for("en")
    assert marks(asked, words).spans(text, words) == marks(asked, words).spans(f"{text} é", words)


@pytest.mark.parametrize("language", LANGUAGES)
@given(word=some.text(alphabet=ascii_letters + digits, min_size=1, max_size=20))
def test_a_word_of_ascii_keeps_its_first_letter_in_every_language(language, word):
    surface, stem, _ = tokenizer_for(language).normalize(word)
    assert surface[0] == stem[0] == word[0].lower()


@pytest.mark.parametrize("asked", [f'"{"a " * 250}"', f'"a b" "{"x " * 250}"'])
def test_a_phrase_of_words_that_stand_everywhere_is_read_once(asked):
    words = Watched("en")
    wanted, text = marks(asked, words), "a b " * 200
    words.read = 0
    wanted.spans(text, words)
    assert words.read <= len(text)


def test_a_phrase_is_read_only_where_its_first_word_stands():
    words = Watched("en")
    wanted, text = marks('"new office"', words), f"the new office {FILLER}"
    words.seen = 0
    assert wanted.spans(text, words) == [(4, 14)]
    assert words.seen <= 4


def test_snippets_that_take_long_are_the_beginnings(inside, ana, bo, monkeypatch):
    people.talk(ana, bo, "alpha word", "bravo word")
    monkeypatch.setattr("linkmsg.search.hits.SNIPPET_SECONDS", -1)
    shown = [hit.snippet for hit in conftest.found(ana, "word").hits]
    assert shown == ["bravo word", "alpha word"]
