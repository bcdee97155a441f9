"""What a message is kept as is what its words say, however quickly it was read."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from linkmsg.search.analysis.tokenizer import tokenizer_for
from linkmsg.search.index.document import Reader
from linkmsg.search.index.fields import GAP, MOST_WORDS, IndexEntry

PIECES = (  # noqa: SIM905
    "a I word e-mail don't U.S.A. 1,200.50 ana@harbour.example a-b-c-d-e-f a-b-c-d-e-f-g x_y_ -z "
    "45 000 kr 12 345-67 890 1 200 C++ c#9 C# 👍🏿👍 "
    "Straße créée l'été Noël новый 東京都 ハリ パリ 한국어 हिन्दी 🎉 →x-→ "
    "a🎉b-c ’quoted’ \u200dx\u00ady ﬁn"
).split()
TEXTS = some.lists(some.sampled_from(PIECES) | some.text(max_size=9), max_size=12).map(" ".join)


def entry(text, *names):
    return IndexEntry(1, 1, 1, [1], 1, 1, text, list(names), [])


def word_by_word(words, *texts):
    """The same, as the words are read for a search."""
    stems, surfaces, length, place = {}, set(), 0, 0
    for text in texts:
        start = place
        for word in words.tokenize(text):
            place = start + word.position
            for stem in word.stems:
                stems.setdefault(stem.encode(errors="replace"), []).append(place)
            surfaces.add(word.surface.encode(errors="replace"))
            length += not word.is_compound
        place += GAP
    return stems, surfaces, length


@pytest.mark.parametrize("language", ["en", "de", "ru", "fr"])
@given(texts=some.lists(TEXTS, min_size=1, max_size=3))
@example(texts=["0\xad 345-67"])
@example(texts=["0\u0301 345"])
@example(texts=["² 345-67"])
@example(texts=["⑩ 345"])
def test_a_message_is_kept_as_its_words_are_read(language, texts):
    words = tokenizer_for(language)
    reader = Reader(words)
    for _ in range(2):  # what was met before is read as what is new
        assert reader.said(entry(*texts)) == word_by_word(words, *texts)


@given(some.text(alphabet="ab-'_. é東🎉\u200d\u3099", max_size=40))
def test_what_stands_together_is_read_together(text):
    words = tokenizer_for("fr")
    assert Reader(words).said(entry(text)) == word_by_word(words, text)


def test_what_was_met_is_forgotten_and_met_again(monkeypatch):
    monkeypatch.setattr("linkmsg.search.index.document.REMEMBERED", 3)
    reader, words = Reader(tokenizer_for("en")), tokenizer_for("en")
    for _ in range(2):
        for text in ("one two three four", "four five", "x" * 40, "one"):
            assert reader.said(entry(text)) == word_by_word(words, text)


def test_no_more_words_of_a_message_are_kept_than_may_be():
    said = Reader(tokenizer_for("en")).said(entry("word " * (MOST_WORDS + 5), "more"))
    assert said.length == MOST_WORDS
    assert len(said.stems[b"word"]) == MOST_WORDS
