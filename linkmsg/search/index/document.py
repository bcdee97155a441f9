"""Analysis of messages for the index: the stems of their words with positions, and the words.

A text is split into runs of characters without spaces. Most runs were seen before, so the result of
each is cached, and only new ones go through the tokenizer.
"""

from functools import lru_cache
from typing import NamedTuple

from linkmsg.models.folding import normalized
from linkmsg.search.analysis.patterns import ASCII_CHAIN, CHAIN
from linkmsg.search.analysis.token import Token
from linkmsg.search.analysis.tokenizer import Tokenizer
from linkmsg.search.index.fields import GAP, MOST_WORDS, IndexEntry
from linkmsg.search.index.postings import LAST_PLACE

# The number of cached runs, and the maximum length of a cached one.
REMEMBERED, LONGEST = 100_000, 32


class Said(NamedTuple):
    """What is indexed of a message: where each stem is, its different words, and their number.

    Positions count words, with a gap before each file name. The `surfaces` are whole words, without
    case and accents.
    """

    stems: dict[bytes, list[int]]
    surfaces: set[bytes]
    length: int


class Chain(NamedTuple):
    """The words of a run (text without spaces), such as `e-mail`, counted in words, not letters.

    Each stem has the number of words before it in the run, and `last` is that of the last word.
    `steps` is how far the run moves the position of the next word in the message.
    """

    stems: tuple[tuple[int, bytes], ...]
    surfaces: tuple[bytes, ...]
    steps: int
    last: int


class DocumentAnalyzer:
    """Finds the words of messages in one language; caches the words of each run between spaces."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        self._met: dict[str, Chain] = {}

    def said(self, entry: IndexEntry) -> Said:
        """Return the stems and words in the text of a message and in the names of its files."""
        made, place = Said({}, set(), 0), 0
        for text in (entry.text, *entry.names):
            made, place = self._read(text, made, place)
            place += GAP
        return made

    def _read(self, text: str, so_far: Said, place: int) -> tuple[Said, int]:
        """Return earlier results plus those of a text, and the position of the text's last word.

        `place` is the position of its first word. Words beyond the maximum are left out.
        """
        stems, surfaces, length = so_far
        last, met, text = place, self._met, normalized(text)
        for run in (ASCII_CHAIN if text.isascii() else CHAIN).findall(text):
            chain = met.get(run) or self.chain(run)
            if length + chain.steps > MOST_WORDS:
                break
            for offset, stem in chain.stems:
                at = min(LAST_PLACE, place + offset)
                if stem in stems:
                    stems[stem].append(at)
                else:
                    stems[stem] = [at]
            surfaces.update(chain.surfaces)
            length += chain.steps
            last = place + chain.last
            place += chain.steps
        return Said(stems, surfaces, length), last

    def chain(self, run: str) -> Chain:
        """Return the words of a run (text without spaces), from the cache if it was seen before."""
        if met := self._met.get(run):
            return met
        made = _chain(list(self.tokenizer.tokenize_normalized(run)))
        if len(run) <= LONGEST:
            if len(self._met) >= REMEMBERED:
                self._met.clear()
            self._met[run] = made
        return made


def _chain(tokens: list[Token]) -> Chain:
    return Chain(
        tuple((token.position, _packed(stem)) for token in tokens for stem in token.stems),
        tuple(_packed(token.surface) for token in tokens),
        sum(not (token.is_compound or token.is_inside) for token in tokens),
        tokens[-1].position if tokens else 0,
    )


def _packed(text: str) -> bytes:
    return text.encode(errors="replace")


@lru_cache(maxsize=4)
def reader_of(tokenizer: Tokenizer) -> DocumentAnalyzer:
    """Return the analyzer for a tokenizer; always the same one, so that its cache is of use."""
    return DocumentAnalyzer(tokenizer)
