"""What of a text matches a search: words of some stems, words that begin so, and phrases."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import takewhile

from linkmsg.search import nearby
from linkmsg.search.language import Asked
from linkmsg.search.said import CHAIN, PLAIN_CHAIN
from linkmsg.search.scope import PREFIX, parts_of
from linkmsg.search.words import TIES, Word, Words

Span = tuple[int, int]
# Words that are read at the beginnings of rows; instead of more all are read, each once.
MOST_READ = 200
# What stands between words where people write well; an apostrophe ties them, see `TIES`.
SIGNS = re.compile("[\u00a0¡«»¿–—‘“”„…‹›\u202f]")
# Behind what is tied to what stands there.
INSIDE = re.compile(f"(?<=[A-Za-z0-9][{''.join(map(re.escape, sorted(TIES)))}])")


@dataclass
class Marks:
    """What is marked: words of these stems, words that begin so, and rows of stems.

    Most words stand on a page often, so what matches in each is `known` after the first time.
    """

    stems: set[str] = field(default_factory=set)
    prefixes: set[str] = field(default_factory=set)
    rows: list[list[Word]] = field(default_factory=list)
    typed: list[list[Word]] = field(default_factory=list)
    known: dict[str, list[Span]] = field(default_factory=dict)

    @classmethod
    def of(cls, asked: Asked, words: Words) -> "Marks":
        """What a search asked for."""
        made = cls()
        for each in (*asked.words, *asked.phrases):
            if each.negated:
                continue
            parts, _ = parts_of(each.text, words)
            wholes = [word for word in words.of(each.text) if word.whole]
            made.stems |= {word.stem for word in wholes}
            made.typed += [parts, *([word] for word in wholes)]
            if len(parts) == 1:
                made.stems |= {parts[0].stem, parts[0].plain or parts[0].stem}
            elif parts:
                plain = [part._replace(stem=part.plain or part.stem) for part in parts]
                made.rows += [parts, plain]
            if parts and each.prefix and len(parts[-1].surface) >= PREFIX:
                made.prefixes.add(parts[-1].surface)
                made.rows.append(parts[:-1])
        return made

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What finds roughly where something matches in a long text; most texts are short."""
        return nearby.pattern(self.typed)

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
        return _apart(rows + [at for run in runs for at in self._in(run[0], run.start(), words)])

    def _in(self, said: str, at: int, words: Words) -> list[Span]:
        """From where to where something matches in what stands together at a place."""
        if said not in self.known:
            if said.isascii() and said.isalnum():
                surface, stem, _ = words.known(said)  # which has no other, and no parts
                self.known[said] = [(0, len(said))] if self._matches(surface, (stem,)) else []
            else:
                self.known[said] = self._of(list(words.of(said)))
        return [(at + first, at + last) for first, last in self.known[said]]

    def _matches(self, surface: str, stems: tuple[str, ...]) -> bool:
        """Whether a word matches that is kept under these stems."""
        return not self.stems.isdisjoint(stems) or surface.startswith(tuple(self.prefixes))

    def _plain(self, text: str) -> Iterator[re.Match[str]]:
        """What stands together in a text of ASCII, where a word in it begins as a match would.

        What is tied together matches as one only if its first word begins so.
        """
        for word in self._begins.finditer(text):
            start, end = word.span()
            is_first = text[end : end + 1] in TIES and not INSIDE.match(text, start)
            yield (PLAIN_CHAIN.match(text, start) or word) if is_first else word

    def _plain_rows(self, text: str, words: Words) -> Iterator[Span]:
        """From where to where rows match in a text of ASCII: their first words are looked for."""
        last = max((row[-1].place - row[0].place for row in self.rows if row), default=0)
        found = self._begin_rows.finditer(text)
        starts = [each.start() for each in found if words.known(each[0])[1] in self._firsts]
        if len(starts) * (last + 1) > MOST_READ:
            yield from _rows(self.rows, list(words.of(text)))
            return
        for start in starts:
            here = list(takewhile(lambda word: word.place <= last, words.of(text[start:])))
            yield from ((start + at, start + end) for at, end in _rows(self.rows, here))

    @cached_property
    def _firsts(self) -> set[str]:
        """The stems that rows begin with."""
        return {row[0].stem for row in self.rows if row}

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
    """A word of ASCII that begins as any of these: no stemmer takes its first letter."""
    letters = {each[:1] for each in wanted if each.isascii()}
    either = "".join(re.escape(each + each.upper()) for each in sorted(letters))
    return re.compile(f"[{either}](?<![A-Za-z0-9].)[A-Za-z0-9]*") if either else nearby.NOTHING


def _rows(rows: list[list[Word]], found: list[Word]) -> list[Span]:
    """From where to where words match that stand side by side."""
    parts = [word for word in found if not word.whole]
    places = {(word.place, stem): word for word in parts for stem in word.stems}
    return [span for row in rows if row for span in _row(row, places)]


def _row(row: list[Word], places: dict[tuple[int, str], Word]) -> list[Span]:
    spans = []
    for place, stem in places:
        if stem != row[0].stem:
            continue
        wanted = [(place + each.place - row[0].place, each.stem) for each in row]
        if all(each in places for each in wanted):
            spans.append((places[wanted[0]].start, places[wanted[-1]].end))
    return spans


def _apart(spans: list[Span]) -> list[Span]:
    """Spans that do not overlap."""
    made: list[Span] = []
    for start, end in sorted(set(spans)):
        if made and start < made[-1][1]:
            made[-1] = (made[-1][0], max(end, made[-1][1]))
        else:
            made.append((start, end))
    return made
