"""Finds phrases among the words of a text."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from linkmsg.search.analysis.token import Token
from linkmsg.search.analysis.tokenizer import Tokenizer
from linkmsg.search.expansion import TokenSequence, stem_offsets
from linkmsg.search.highlight.ascii_words import JOINED

Span = tuple[int, int]


class PhrasePattern(NamedTuple):
    """A phrase to find: for each word its distance from the first word, and its stem (base form).

    `prefix` is the same for a last word that may be unfinished, with its beginning instead of a
    stem; else it is None.
    """

    offsets: tuple[tuple[int, str], ...]
    prefix: tuple[int, str] | None = None

    @property
    def length(self) -> int:
        """Return the distance of the last word from the first, in words."""
        return self.prefix[0] if self.prefix else self.offsets[-1][0]


def patterns(phrase: TokenSequence, *, is_prefix: bool = False) -> Iterator[PhrasePattern]:
    """Yield the patterns of a phrase; if `is_prefix`, its last word may be unfinished."""
    end = phrase[-1]
    prefix = (end.position - phrase[0].position, end.surface) if is_prefix else None
    for offsets in stem_offsets(phrase[:-1] if is_prefix else phrase):
        yield PhrasePattern(offsets, prefix)


def read_until(last: int, text: str, tokenizer: Tokenizer) -> Iterator[Token]:
    """Yield the tokens of a text up to number `last`, and those connected to it (`e-mail`)."""
    for token in tokenizer.tokenize_normalized(text):
        if token.position > last and not (token.is_inside or JOINED.match(text, token.start)):
            return
        yield token


def phrase_spans(phrases: Sequence[PhrasePattern], tokens: list[Token]) -> list[Span]:
    """Return (start, end) of each phrase in a text with these tokens."""
    by_position: dict[int, list[Token]] = {}
    by_stem: dict[str, dict[int, Token]] = {
        stem: {} for phrase in phrases for _, stem in phrase.offsets
    }
    for token in tokens:
        by_position.setdefault(token.position, []).append(token)
        for stem in token.stems:
            if stem in by_stem:
                by_stem[stem].setdefault(token.position, token)
    return [
        span
        for phrase in dict.fromkeys(phrases)
        for span in _spans_of_phrase(phrase, by_stem, by_position)
    ]


def _spans_of_phrase(
    phrase: PhrasePattern,
    by_stem: dict[str, dict[int, Token]],
    by_position: dict[int, list[Token]],
) -> Iterator[Span]:
    """Yield (start, end) of a phrase, word by word at all places where the words before match."""
    first = by_stem[phrase.offsets[0][1]]
    starts, last, distance = list(first), first, 0
    for distance, stem in phrase.offsets[1:]:
        last = by_stem[stem]
        starts = [start for start in starts if start + distance in last]
    for start in starts:
        end = last[start + distance].end
        if phrase.prefix:
            end = _prefix_end(by_position.get(start + phrase.prefix[0], ()), phrase.prefix[1])
        if end:
            yield first[start].start, end


def _prefix_end(tokens: Iterable[Token], beginning: str) -> int:
    """Return the end of the first token that begins like this; 0 if there is none."""
    return next((token.end for token in tokens if token.surface.startswith(beginning)), 0)
