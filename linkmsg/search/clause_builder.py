"""A member's scope: the clauses that her search is made of ask for keys of hers alone."""

from linkmsg.search.analysis.tokenizer import Word, Words
from linkmsg.search.expansion import Expansion, ways
from linkmsg.search.index.clauses import (
    AnyKey,
    Beginning,
    Clause,
    Either,
    Growing,
    Row,
)
from linkmsg.search.index.fields import FACT, SURFACE, TEXT, scope_of


class Scope:
    """Makes clauses for one member."""

    def __init__(self, member_id: int, words: Words) -> None:
        self.words = words
        self.text, self.surface = scope_of(TEXT, member_id), scope_of(SURFACE, member_id)
        self.fact = scope_of(FACT, member_id)

    def facts(self, *facts: str) -> AnyKey:
        """One of these facts."""
        return AnyKey(tuple(self.fact + fact.encode() for fact in facts))

    def clause(self, sought: Expansion) -> Clause:
        """Any of what is sought."""
        any_of: list[Clause] = [row for words in sought.rows for row in self._rows(words)]
        any_of += map(self.beginning, sought.beginnings)
        any_of += map(self.stem, sought.stems)
        any_of += map(self._growing, sought.growing)
        return any_of[0] if len(any_of) == 1 else Either(tuple(any_of))

    def stem(self, word: Word) -> AnyKey:
        """A word, in any of its forms, with its accents or without."""
        stems = dict.fromkeys((word.stem, word.plain or word.stem))
        return AnyKey(tuple(self.text + stem.encode() for stem in stems), cost=1)

    def beginning(self, word: Word) -> Beginning:
        """A word that begins like this one."""
        return Beginning(self.surface + word.surface.encode(), self.stem(word).keys)

    def _rows(self, words: tuple[Word, ...]) -> tuple[Row, ...]:
        """Words as they stand here side by side."""
        return tuple(
            Row(tuple(self.text + stem.encode() for _, stem in way), tuple(step for step, _ in way))
            for way in ways(words)
        )

    def _growing(self, words: tuple[Word, ...]) -> Growing:
        *_, last = words
        heads, step = self._rows(words[:-1]), last.place - words[0].place
        return Growing(heads, step, self.surface + last.surface.encode(), self._stems)

    def _stems(self, surface: bytes) -> tuple[bytes, ...]:
        """The terms under which a word stands that is known as it was written."""
        _, *stems = self.words.known(surface[len(self.surface) :].decode())
        return tuple(self.text + stem.encode() for stem in stems if stem)
