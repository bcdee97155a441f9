"""The snippet of a long text is around its matches, and is made without reading all of it."""

from datetime import date
from string import ascii_letters, digits

from hypothesis import example, given
from hypothesis import strategies as some

from linkmsg.config import LANGUAGES
from linkmsg.search.analysis.token import Token
from linkmsg.search.analysis.tokenizer import Tokenizer, tokenizer_for
from linkmsg.search.highlight import passages
from linkmsg.search.highlight.matches import Matcher
from linkmsg.search.highlight.snippet import LENGTH, snippet
from linkmsg.search.query_parser import parse
from tests import people
from tests.support.search import search
from tests.support.texts import PIECES, TEXTS

FILLER = "Sed ut perspiciatis, unde omnis iste natus error sit. " * 60
# A search, a message that it finds, and how that is marked.
MATCHES = {
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


class CountingWords(Tokenizer):
    """A tokenizer that counts the characters it is given and the words that are taken of it."""

    read = taken = 0

    def tokenize_normalized(self, text):
        self.read += len(text)
        for word in super().tokenize_normalized(text):
            self.taken += 1
            yield word


def marks(text, words):
    """Return what a search marks."""
    return Matcher.for_query(parse(text, today=date(2026, 11, 26)), words)


def assert_marked_as_read(words, text, asked):
    """Check that each matching word is marked from its beginning, and nothing else is."""
    query = marks(asked, words)
    query.phrases = []
    prefixes = tuple(query.prefixes)
    matching = [
        word
        for word in words.tokenize(text)
        if query.stems & {*word.stems} or (prefixes and word.surface.startswith(prefixes))
    ]
    covered = {at for start, end in query.spans(text, words) for at in range(start, end)}
    firsts = {word.start for word in matching}
    assert firsts <= covered
    assert covered <= {at for word in matching for at in range(word.start, word.end)}


def test_far_match_is_shown_and_little_is_read():
    for text, (message, shown) in MATCHES.items():
        words = CountingWords("en")
        query = marks(text, words)
        words.read = 0
        assert shown in snippet(f"{FILLER}{message} {FILLER}", query, words), text
        assert words.read <= passages.SHORT, text


def test_snippet_is_where_most_different_words_match():
    words = Tokenizer("en")
    text = f"budget {FILLER} office {FILLER} the budget of the office {FILLER} budget"
    shown = snippet(text, marks("office budget", words), words)
    assert "the <mark>budget</mark> of the <mark>office</mark>" in shown
    assert (shown[0], shown[-1]) == ("…", "…")


# The beginning of a text, and how its snippet ends: the dots follow the direction of the words.
ENDS = {
    "words and more of them ": "…",
    "مساء الخير ": "…",
    "lantern and مساء الخير ": "…\u200f",
    "مساء الخير and words ": "…\u200e",
    "12 ": "…",
}


def test_dots_follow_the_last_words_in_any_direction():
    for text, end in ENDS.items():
        shown = snippet(text + "word " * 40, Matcher(), Tokenizer("en"), len(text))
        assert shown.endswith(text.strip() + end), text


def test_snippet_place_counts_whole_matches_only():
    words = Tokenizer("en")
    text = f"alpha {'x ' * 56}bravo {'y ' * 80}alpha bravo {'z ' * 80}"
    assert text.index("bravo") < LENGTH * 3 // 4 < text.index("bravo") + len("bravo")
    shown = snippet(text, marks("alpha bravo", words), words)
    assert "<mark>alpha</mark> <mark>bravo</mark>" in shown


def test_snippet_shows_a_phrase_and_not_its_words_apart():
    words = Tokenizer("en")
    text = f"new {FILLER} an office that is new {FILLER} a new office {FILLER}"
    assert "a <mark>new office</mark>" in snippet(text, marks('"new office"', words), words)


@given(
    language=some.sampled_from(LANGUAGES),
    text=TEXTS,
    asked=some.lists(some.sampled_from(PIECES), min_size=1, max_size=3),
)
def test_marks_are_the_matching_words_in_each_language(language, text, asked):
    assert_marked_as_read(tokenizer_for(language), text, " ".join(asked))


@given(text=TIED_TEXTS.map("".join), asked=some.sampled_from(TIED))
@example(text="x-a-b", asked="a-b")
@example(text="a-b’a", asked="aba")
def test_joined_words_are_marked_as_their_words_match(text, asked):
    assert_marked_as_read(tokenizer_for("en"), text, asked)


@given(
    text=TIED_TEXTS.map("".join),
    asked=some.sampled_from(('"a b"', '"a b a"', "a-b", '"x a-b"', '"b x" "x b x" a', "x-a")),
)
@example(text="x b x", asked='"b x" "x b x" a')
def test_word_of_other_letters_changes_no_marks(text, asked):
    words = tokenizer_for("en")
    assert marks(asked, words).spans(text, words) == marks(asked, words).spans(f"{text} é", words)


@given(
    language=some.sampled_from(LANGUAGES),
    word=some.text(alphabet=ascii_letters + digits, min_size=1, max_size=20),
)
def test_stem_of_an_ascii_word_keeps_its_first_letter(language, word):
    surface, stem, *_ = tokenizer_for(language).normalize(word)
    assert surface[0] == stem[0] == word[0].lower()


def test_phrase_of_frequent_words_is_read_once():
    for asked in (f'"{"a " * 250}"', f'"a b" "{"x " * 250}"'):
        words = CountingWords("en")
        query, text = marks(asked, words), "a b " * 200
        words.read = 0
        query.spans(text, words)
        assert words.read <= len(text), asked


def test_words_connected_to_a_phrase_are_read_few_times():
    text = "a-" * 99 + "z-" * 3900
    words = CountingWords("en")
    query = marks('"a b"', words)
    words.taken = 0
    assert query.spans(text, words) == []
    assert words.taken < len(text) // 2 + 1000


def test_many_phrases_look_once_at_each_word(monkeypatch):
    words, looks = tokenizer_for("en"), []
    stems = Token.stems.fget
    query = marks(" ".join(f'"a {letter}"' for letter in ascii_letters[:26]), words)
    monkeypatch.setattr(Token, "stems", property(lambda token: looks.append(1) or stems(token)))
    spans = query.spans("a b " * 1000 + "é", words)
    assert (len(spans), len(looks)) == (1000, 2 * 2001)


def test_phrase_is_read_only_where_its_first_word_is():
    words = CountingWords("en")
    query, text = marks('"new office"', words), f"the new office {FILLER}"
    words.taken = 0
    assert query.spans(text, words) == [(4, 14)]
    assert words.taken <= 4


def test_snippets_out_of_time_are_the_beginnings(inside, ana, bo, monkeypatch):
    people.talk(ana, bo, "alpha word", "bravo word")
    monkeypatch.setattr("linkmsg.search.hits.SNIPPET_SECONDS", -1)
    shown = [hit.snippet for hit in search(ana, "word").hits]
    assert shown == ["bravo word", "alpha word"]
