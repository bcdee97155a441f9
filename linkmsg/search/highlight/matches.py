"""What of a text matches a search: words of some stems, words that begin so, and phrases."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from linkmsg.search.analysis.tokenizer import TIES, Word, Words
from linkmsg.search.expansion import Row, all_sought, ways
from linkmsg.search.highlight import passages
from linkmsg.search.index.document import CHAIN, PLAIN_CHAIN
from linkmsg.search.query_parser import Asked

Span = tuple[int, int]
# Words that are read at the beginnings of rows; instead of more all are read, each once.
MOST_READ = 200
# What stands between words where people write well; an apostrophe ties them, see `TIES`.
SIGNS = re.compile("[\u00a0¡«»¿–—‘“”„…‹›\u202f]")
# What may stand behind a word of ASCII that is more than that word.
GOES_ON = rf"[{re.escape(''.join(sorted(TIES | {'#'})))}]|(?<=[0-9]) [0-9]{{3}}(?![A-Za-z0-9])"
# Behind what is tied to what stands there.
INSIDE = re.compile(f"(?<=[A-Za-z0-9][{''.join(map(re.escape, sorted(TIES)))}])")


class AdjacentWords(NamedTuple):
    """Words side by side: how far each is behind the first, and its stem.

    `last` is how far a word is that goes on, and what it begins with.
    """

    steps: tuple[tuple[int, str], ...]
    last: tuple[int, str] | None = None

    @property
    def length(self) -> int:
        """How far the last is behind the first."""
        return self.last[0] if self.last else self.steps[-1][0]


@dataclass
class Marks:
    """What is marked: words of these stems, words that begin so, and words side by side.

    Most words stand on a page often, so what matches in each is `known` after the first time.
    """

    stems: set[str] = field(default_factory=set)
    prefixes: set[str] = field(default_factory=set)
    rows: list[AdjacentWords] = field(default_factory=list)
    typed: list[Sequence[Word]] = field(default_factory=list)
    known: dict[str, list[Span]] = field(default_factory=dict)

    @classmethod
    def of(cls, asked: Asked, words: Words) -> "Marks":
        """What a search asked for."""
        made = cls()
        for sought in all_sought(asked, words):
            alone = (*sought.stems, *sought.beginnings)
            made.stems |= {stem for word in alone for stem in (word.stem, word.plain) if stem}
            made.prefixes |= {word.surface for word in sought.beginnings}
            made.rows += [side for row in sought.rows for side in _sides(row)]
            made.rows += [side for row in sought.growing for side in _sides(row, grows=True)]
            made.typed += [*sought.rows, *sought.growing, *([word] for word in alone)]
        return made

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What finds roughly where something matches in a long text; most texts are short."""
        return passages.pattern(self.typed)

    def spans(self, text: str, words: Words) -> list[Span]:
        """From where to where something matches in a text, in their order and apart."""
        if not (self.stems or self.prefixes or self._firsts):
            return []
        plain = text if text.isascii() else SIGNS.sub(" ", text).replace("’", "'")
        if plain.isascii():
            runs, rows = self._plain(plain), list(self._plain_rows(plain, words))
        elif self._firsts:
            found = list(words.of(text))
            return _apart([*self._of(found), *_rows(self.rows, found)])
        else:
            runs, rows = CHAIN.finditer(text), []
        known = self.known
        for run in runs:
            said = run[0]
            if (here := known.get(said)) is None:
                here = known[said] = self._in(said, words)
            if here:
                at = run.start()
                rows += [(at + first, at + last) for first, last in here]
        return _apart(rows)

    def _in(self, said: str, words: Words) -> list[Span]:
        """From where to where something matches in what stands together."""
        if not (said.isascii() and said.isalnum()):
            return self._of(list(words.of(said)))
        surface, stem, _ = words.known(said)  # which has no other, and no parts
        return [(0, len(said))] if self._matches(surface, (stem,)) else []

    def _matches(self, surface: str, stems: tuple[str, ...]) -> bool:
        """Whether a word matches that is kept under these stems."""
        return not self.stems.isdisjoint(stems) or surface.startswith(tuple(self.prefixes))

    def _plain(self, text: str) -> Iterator[re.Match[str]]:
        """What stands together in a text of ASCII, where a word in it begins as a match would.

        What is tied together matches as one only if its first word begins so.
        """
        for word in self._begins.finditer(text):
            is_first = word.lastindex and not INSIDE.match(text, word.start())
            yield (PLAIN_CHAIN.match(text, word.start()) or word) if is_first else word

    def _plain_rows(self, text: str, words: Words) -> Iterator[Span]:
        """From where to where rows match in a text of ASCII: their first words are looked for."""
        last = max((row.length for row in self.rows), default=0)
        found = self._begin_rows.finditer(text)
        starts = [each.start() for each in found if words.known(each[0])[1] in self._firsts]
        if len(starts) * (last + 1) > MOST_READ:
            yield from _rows(self.rows, list(words.of(text)))
            return
        for start in starts:
            here = list(_until(last, text[start:], words))
            yield from ((start + at, start + end) for at, end in _rows(self.rows, here))

    @cached_property
    def _firsts(self) -> set[str]:
        """The stems that rows begin with."""
        return {row.steps[0][1] for row in self.rows}

    @cached_property
    def _begin_rows(self) -> re.Pattern[str]:
        return _beginning(self._firsts)

    @cached_property
    def _begins(self) -> re.Pattern[str]:
        return _beginning({*self.stems, *self.prefixes})

    def _of(self, found: list[Word]) -> list[Span]:
        """From where to where words match one by one."""
        matching = [word for word in found if self._matches(word.surface, word.stems)]
        parts = {word.place for word in matching if not word.whole}
        # Of `plan.pdf` only the part is marked that matches by itself.
        return [
            (word.start, self._end(word))
            for word in matching
            if not (word.whole and word.place in parts)
        ]

    def _end(self, word: Word) -> int:
        """Where a match ends: of a pair of which the first letter was asked for, after that."""
        only_first = word.first in self.stems and word.stem not in self.stems
        return word.start + 1 if only_first else word.end


def _beginning(wanted: set[str]) -> re.Pattern[str]:
    """A word of ASCII that begins as any of these: no stemmer takes its first letter.

    It has a group if more than that word may stand there.
    """
    letters = {each[:1] for each in wanted if each.isascii()}
    either = "".join(re.escape(each + each.upper()) for each in sorted(letters))
    word = f"[{either}](?<![A-Za-z0-9].)[A-Za-z0-9]*((?={GOES_ON}))?"
    return re.compile(word) if either else passages.NOTHING


def _sides(row: Row, *, grows: bool = False) -> Iterator[AdjacentWords]:
    """Words as they stand side by side, of which the last is the beginning of one if it grows."""
    end = row[-1]
    last = (end.place - row[0].place, end.surface) if grows else None
    for steps in ways(row[:-1] if grows else row):
        yield AdjacentWords(steps, last)


def _until(last: int, text: str, words: Words) -> Iterator[Word]:
    """The words of a text up to a place, and what is tied to the last of them."""
    for word in words.of(text):
        if word.place > last and text[word.start - 1] not in TIES:
            return
        yield word


def _rows(rows: list[AdjacentWords], found: list[Word]) -> list[Span]:
    """From where to where words match that stand side by side."""
    places: dict[int, list[Word]] = {}
    for word in found:
        places.setdefault(word.place, []).append(word)
    return [span for row in dict.fromkeys(rows) for span in _row(row, places)]


def _row(row: AdjacentWords, places: dict[int, list[Word]]) -> Iterator[Span]:
    stem = row.steps[0][1]
    for place, here in places.items():
        for first in here:
            if stem in first.stems and (end := _end(row, place, places)):
                yield first.start, end


def _end(row: AdjacentWords, first: int, places: dict[int, list[Word]]) -> int:
    """Where words end that stand side by side from a place on; 0 if they don't stand there."""
    end = 0
    for step, stem in row.steps:
        there = [word.end for word in places.get(first + step, ()) if stem in word.stems]
        if not there:
            return 0
        end = there[0]
    if row.last:
        step, begins = row.last
        there = [
            word.end for word in places.get(first + step, ()) if word.surface.startswith(begins)
        ]
        end = there[0] if there else 0
    return end


def _apart(spans: list[Span]) -> list[Span]:
    """Spans that do not overlap."""
    made: list[Span] = []
    for start, end in sorted(set(spans)):
        if made and start < made[-1][1]:
            made[-1] = (made[-1][0], max(end, made[-1][1]))
        else:
            made.append((start, end))
    return made
