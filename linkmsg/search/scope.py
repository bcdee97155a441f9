"""A member's scope: the clauses that her search is made of ask for keys of hers alone."""

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
        """A word, in any of its forms."""
        return AnyKey((self.text + word.stem.encode(),), cost=1)

    def beginning(self, word: Word) -> Beginning:
        """A word that begins like this one."""
        return Beginning(self.surface + word.surface.encode(), self.text + word.stem.encode())

    def row(self, parts: list[Word]) -> Row:
        """Words as they stand here side by side."""
        keys = tuple(self.text + part.stem.encode() for part in parts)
        return Row(keys, tuple(part.place - parts[0].place for part in parts))

    def word(self, text: str, *, prefix: bool = False) -> list[Clause]:
        """What is asked for by one word as it was typed; nothing if nothing in it is a word."""
        parts, whole = self.words.typed(text)
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
        if len(last.surface) == 1 and is_unspaced(last.surface):
            return [self.beginning(last)]
        return [self.beginning(last) if grows else self.stem(last)]

    def phrase(self, text: str, *, open_end: bool = False) -> list[Clause]:
        """What is asked for by a phrase, whose last word may go on where it has no end."""
        parts, _ = self.words.typed(text)
        if open_end and len(parts) > 1 and not is_unspaced(parts[-1].surface):
            return [*self._rows(parts[:-1]), *self.word(parts[-1].surface, prefix=True)]
        return self._rows(parts)

    def _rows(self, parts: list[Word]) -> list[Clause]:
        if len(parts) == 1:
            return self.word(parts[0].surface)
        return [self.row(parts)] if parts else []
