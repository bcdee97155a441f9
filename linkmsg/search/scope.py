"""A member's scope: the clauses that her search is made of ask for keys of hers alone."""

from itertools import pairwise

from linkmsg.search.clauses import All, AnyKey, Beginning, Clause, Either, Row
from linkmsg.search.entries import FACT, SURFACE, TEXT, scope_of
from linkmsg.search.words import Word, Words, is_unspaced

# From so many letters on the last word may go on.
PREFIX = 3


class Scope:
    """Makes clauses for one member."""

    def __init__(self, member_id: int, words: Words) -> None:
        self.words = words
        self.text, self.surface = scope_of(TEXT, member_id), scope_of(SURFACE, member_id)
        self.fact = scope_of(FACT, member_id)

    def facts(self, *facts: str) -> AnyKey:
        """One of these facts."""
        return AnyKey(tuple(self.fact + fact.encode() for fact in facts))

    def stem(self, word: Word) -> AnyKey:
        """A word, in any of its forms, with its accents or without."""
        stems = dict.fromkeys((word.stem, word.plain or word.stem))
        return AnyKey(tuple(self.text + stem.encode() for stem in stems), cost=1)

    def beginning(self, word: Word) -> Beginning:
        """A word that begins like this one."""
        return Beginning(self.surface + word.surface.encode(), self.stem(word).keys)

    def row(self, parts: list[Word]) -> Clause:
        """Words as they stand here side by side, with their accents or all without."""
        steps = tuple(part.place - parts[0].place for part in parts)
        ways = ([part.stem for part in parts], [part.plain or part.stem for part in parts])
        keys = dict.fromkeys(tuple(self.text + stem.encode() for stem in way) for way in ways)
        rows = tuple(Row(each, steps) for each in keys)
        return rows[0] if len(rows) == 1 else Either(rows)

    def word(self, text: str, *, prefix: bool = False) -> list[Clause]:
        """What is asked for by one word as it was typed; nothing if nothing in it is a word."""
        parts, whole = parts_of(text, self.words)
        if not parts:
            return []
        last = parts[-1]
        grows = prefix and len(last.surface) >= PREFIX
        if len(parts) > 1:
            ways: list[Clause] = [self.row(parts)]
            if whole:
                ways.append(self.beginning(whole) if prefix else self.stem(whole))
            if grows and not is_unspaced(last.surface):
                ways.append(All((*self._rows(parts[:-1]), self.beginning(last))))
            return [Either(tuple(ways))] if len(ways) > 1 else ways
        return [self.beginning(last) if grows else self.stem(last)]

    def phrase(self, text: str, *, open_end: bool = False) -> list[Clause]:
        """What is asked for by a phrase, whose last word may go on where it has no end."""
        parts, _ = parts_of(text, self.words)
        if open_end and len(parts) > 1 and not is_unspaced(parts[-1].surface):
            return [*self._rows(parts[:-1]), *self.word(parts[-1].surface, prefix=True)]
        return self._rows(parts)

    def _rows(self, parts: list[Word]) -> list[Clause]:
        if len(parts) == 1:
            return self.word(parts[0].surface)
        return [self.row(parts)] if parts else []


def parts_of(text: str, words: Words) -> tuple[list[Word], Word | None]:
    """The words of what was typed, and the one that they are together, if all are."""
    found = list(words.of(text))
    wholes = [word for word in found if word.whole]
    parts = [word for word in found if not word.whole]
    # The last letter of a row of pairs is no word to ask for: what follows it is not known.
    ends = {
        right
        for left, right in pairwise(parts)
        if len(right.surface) == 1 and right.start < left.end and is_unspaced(right.surface)
    }
    parts = [part for part in parts if part not in ends]
    covered = len(wholes) == 1 and wholes[0].end == parts[-1].end and not wholes[0].place
    return parts, wholes[0] if covered else None
