"""What a message says, as the index keeps it: its stems with their places, its words as written.

Most words of a text were met before. What stands together is looked up at once, with all that
`Words` reads in it; only what is new is taken apart.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from linkmsg.search.analysis.tokenizer import PLAIN_RUN, RUN, SPACES, TIES, Word, Words
from linkmsg.search.index.fields import GAP, MOST_WORDS, Entry
from linkmsg.search.index.postings import LAST_PLACE

# So many of what stood together are remembered, and none that is longer.
REMEMBERED, LONGEST = 100_000, 32


def _tied(run: str) -> re.Pattern[str]:
    ties = "".join(map(re.escape, sorted(TIES)))
    group = rf"(?<=\d)[{SPACES}](?=\d\d\d)(?:{run})"
    return re.compile(rf"(?:{run})(?:[{ties}](?:{run})|{group})*")


def _unnamed(run: re.Pattern[str]) -> str:
    return re.sub(r"\(\?P<\w+>", "(?:", run.pattern)


PLAIN_CHAIN, CHAIN = _tied(_unnamed(PLAIN_RUN)), _tied(_unnamed(RUN))


def chained(text: str) -> re.Pattern[str]:
    """What finds all that stands together in a text."""
    return PLAIN_CHAIN if text.isascii() else CHAIN


class Said(NamedTuple):
    """The places of each stem, the words as they were written, and how many words there are."""

    stems: dict[bytes, list[int]]
    surfaces: set[bytes]
    length: int


class Chain(NamedTuple):
    """What is read where no space is between: stems and how far each is from the first place.

    `steps` is how many places it takes, `last` how far its last word is from the first.
    """

    stems: tuple[tuple[int, bytes], ...]
    surfaces: tuple[bytes, ...]
    steps: int
    last: int


class Reader:
    """Reads messages in one language, and remembers what it has met."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self._met: dict[str, Chain] = {}

    def said(self, entry: Entry) -> Said:
        """What a message and the names of its files say."""
        made, place = Said({}, set(), 0), 0
        for text in (entry.text, *entry.names):
            made, place = self._read(text, made, place)
            place += GAP
        return made

    def _read(self, text: str, so_far: Said, place: int) -> tuple[Said, int]:
        """What a text says beside what was said before; and the place of its last word."""
        stems, surfaces, length = so_far
        last, met = place, self._met
        for run in chained(text).findall(text):
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
        """What is read in what stands together."""
        if met := self._met.get(run):
            return met
        made = _chain(list(self.words.of(run)))
        if len(run) <= LONGEST:
            if len(self._met) >= REMEMBERED:
                self._met.clear()
            self._met[run] = made
        return made


def _chain(words: list[Word]) -> Chain:
    return Chain(
        tuple((word.place, _packed(stem)) for word in words for stem in word.stems),
        tuple(_packed(word.surface) for word in words),
        sum(not word.whole for word in words),
        words[-1].place if words else 0,
    )


def _packed(text: str) -> bytes:
    return text.encode(errors="replace")


@lru_cache(maxsize=4)
def reader_of(words: Words) -> Reader:
    """The one that reads what these words are taken from."""
    return Reader(words)
