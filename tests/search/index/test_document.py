"""A message is stored by the same words that a search for it has, though it is read faster."""

from hypothesis import example, given
from hypothesis import strategies as some

from linkmsg.search.analysis.tokenizer import tokenizer_for
from linkmsg.search.index.document import DocumentAnalyzer
from linkmsg.search.index.fields import GAP, MOST_WORDS, IndexEntry
from tests.support.texts import TEXTS


def entry(text, *names):
    return IndexEntry(1, 1, 1, [1], 1, 1, text, list(names), [])


def word_by_word(words, *texts):
    """Return what the reader returns, by way of the words that a search has."""
    stems, surfaces, length, place = {}, set(), 0, 0
    for text in texts:
        start = place
        for word in words.tokenize(text):
            place = start + word.position
            for stem in word.stems:
                stems.setdefault(stem.encode(errors="replace"), []).append(place)
            surfaces.add(word.surface.encode(errors="replace"))
            length += not (word.is_compound or word.is_inside)
        place += GAP
    return stems, surfaces, length


@given(
    language=some.sampled_from(["en", "de", "ru", "fr"]),
    texts=some.lists(TEXTS, min_size=1, max_size=3),
)
@example(language="en", texts=["0\xad 345-67"])
@example(language="en", texts=["0\u0301 345"])
@example(language="en", texts=["² 345-67"])
@example(language="en", texts=["⑩ 345"])
@example(language="en", texts=["call +49 30 1234567 or getUserName v2.10.3", "DE89 3704 0044 05"])
def test_message_is_stored_by_the_words_of_a_search(language, texts):
    words = tokenizer_for(language)
    reader = DocumentAnalyzer(words)
    for _ in range(2):  # the second time the reader remembers the words
        assert reader.said(entry(*texts)) == word_by_word(words, *texts)


@given(some.text(alphabet="abAB-'_. 12é東🎉\u200d\u3099", max_size=40))
def test_joined_words_are_stored_by_the_words_of_a_search(text):
    words = tokenizer_for("fr")
    assert DocumentAnalyzer(words).said(entry(text)) == word_by_word(words, text)


def test_reader_forgets_words_and_reads_them_again(monkeypatch):
    monkeypatch.setattr("linkmsg.search.index.document.REMEMBERED", 3)
    reader, words = DocumentAnalyzer(tokenizer_for("en")), tokenizer_for("en")
    for _ in range(2):
        for text in ("one two three four", "four five", "x" * 40, "one"):
            assert reader.said(entry(text)) == word_by_word(words, text)


def test_stored_words_of_a_message_are_limited():
    stored = DocumentAnalyzer(tokenizer_for("en")).said(entry("word " * (MOST_WORDS + 5), "more"))
    assert stored.length == MOST_WORDS
    assert len(stored.stems[b"word"]) == MOST_WORDS
