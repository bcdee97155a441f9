"""Clauses: the parts of a query, each of which finds documents in a segment.

All keys of a clause are in the scope of one member, so it can't match other members' terms.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from linkmsg.search.index.postings import Postings
from linkmsg.search.index.view import Budget, BudgetExceeded, View

# The maximum number of expansions of a prefix per segment: with more the result is incomplete.
# The positions of the first `MOST_PLACED` are checked; more match at any position.
MOST_EXPANDED, MOST_PLACED = 20_000, 200


class Clause(Protocol):
    """A part of a query."""

    @property
    def cost(self) -> int:
        """Return the relative cost; cheaper clauses run first."""

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """Return the matching documents of a segment.

        `among` are the matches of earlier clauses, or None. The result is incomplete only if the
        budget is `cut`.
        """


def exact(clause: Clause, view: View, among: set[int] | None, budget: Budget) -> set[int]:
    """Return the complete matches of a clause, as an exclusion needs them.

    Raises:
        BudgetExceeded: the time is up.
    """
    budget.check()
    own = budget.another()
    found = clause.find(view, among, own)
    if own.cut:
        raise BudgetExceeded
    return found


@dataclass(frozen=True)
class AnyTerm:
    """Matches documents with any of some terms."""

    keys: tuple[bytes, ...]
    cost: int = 0

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """Return the documents with one of the terms."""
        return set().union(*(view.numbers(key) for key in budget.while_there_is(self.keys)))


@dataclass(frozen=True)
class Prefix:
    """Matches documents with a word that has a prefix or one of some stems."""

    prefix: bytes
    stems: tuple[bytes, ...]
    cost: int = 2

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """Return the documents with one of the terms."""
        found = set().union(*(view.numbers(stem) for stem in self.stems))
        for _, numbers in _starting(self.prefix, view, budget):
            found.update(numbers)
        return found


def _starting(prefix: bytes, view: View, budget: Budget) -> Iterator[tuple[bytes, Iterable[int]]]:
    """Yield the words with a prefix, and the documents of each."""
    for number, (surface, value) in enumerate(view.terms.starting(prefix)):
        if number >= MOST_EXPANDED or (number % 16 == 15 and budget.is_over()):
            budget.cut = True
            return
        yield surface, Postings.of(value).numbers


@dataclass(frozen=True)
class Phrase:
    """Matches a phrase: terms, and the offset of each from the first."""

    keys: tuple[bytes, ...]
    steps: tuple[int, ...]
    cost: int = 3

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """Return the documents with the phrase."""
        return set(self.starts(view, among, budget))

    def starts(self, view: View, among: set[int] | None, budget: Budget) -> dict[int, set[int]]:
        """Return the documents with the phrase, and its start positions in each."""
        asked: dict[bytes, Postings] = {}
        left = among
        for key in dict.fromkeys(self.keys):
            found = view.postings(key)
            if found is None:
                return {}
            asked[key] = found
            left = set(found.numbers) if left is None else left.intersection(found.numbers)
        # Each of these documents has all terms, so the iterators stay in step.
        sides = [each.where(left or set()) for each in asked.values()]
        steps = [self._steps(key) for key in asked]
        return {
            here[0][0]: starts
            for here in budget.while_there_is(zip(*sides, strict=True))
            if (starts := _starts(here, steps))
        }

    def _steps(self, key: bytes) -> list[int]:
        """Return the offsets at which a term occurs in the phrase."""
        return [step for each, step in zip(self.keys, self.steps, strict=True) if each == key]


def _starts(here: "Sequence[tuple[int, memoryview[int]]]", steps: list[list[int]]) -> set[int]:
    """Return the positions in a document at which all terms have the right offsets."""
    starts: set[int] | None = None
    for (_, places), ways in zip(here, steps, strict=True):
        for step in ways:
            these = {place - step for place in places}
            starts = these if starts is None else starts & these
            if not starts:
                return starts
    return starts or set()


@dataclass(frozen=True)
class PrefixPhrase:
    """Matches a phrase whose last word is a prefix, at the offset `step` from the first.

    `stems` returns the terms of a word that the index has as written.
    """

    heads: tuple[Phrase, ...]
    step: int
    prefix: bytes
    stems: Callable[[bytes], tuple[bytes, ...]]
    cost: int = 4

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """Return the documents with the phrase."""
        starts: dict[int, set[int]] = {}
        for head in self.heads:
            for number, begins in head.starts(view, among, budget).items():
                starts.setdefault(number, set()).update(begins)
        found, placed = self._standing(view, starts, budget)
        for stem, numbers in placed.items():
            postings = view.postings(stem)
            for number, places in postings.where(numbers) if postings else ():
                if any(place - self.step in starts[number] for place in places):
                    found.add(number)
        return found

    def _standing(
        self, view: View, starts: Collection[int], budget: Budget
    ) -> tuple[set[int], dict[bytes, set[int]]]:
        """Return documents that match without a check of positions, and the others by stem."""
        found, placed = set[int](), dict[bytes, set[int]]()
        for surface, numbers in _starting(self.prefix, view, budget) if starts else ():
            here = {each for each in numbers if each in starts}
            if here and len(placed) >= MOST_PLACED:
                found |= here
            elif here:
                for stem in self.stems(surface):
                    placed.setdefault(stem, set()).update(here)
        return found, placed


@dataclass(frozen=True)
class AnyOf:
    """Matches documents that any of some clauses matches."""

    clauses: tuple[Clause, ...]
    cost: int = 4

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """Return the union of the matches."""
        return set().union(*(each.find(view, among, budget) for each in self.clauses))


@dataclass(frozen=True)
class AllOf:
    """Matches documents that all of some clauses match."""

    clauses: tuple[Clause, ...]
    cost: int = 4

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """Return the intersection of the matches."""
        for each in self.clauses:
            found = each.find(view, among, budget)
            among = found if among is None else among & found
        return among or set()


@dataclass(frozen=True)
class Not:
    """Matches documents of `everything` that a clause does not match."""

    clause: Clause
    everything: Clause
    cost: int = 4

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """Return the documents that the clause does not match."""
        every = self.everything.find(view, None, budget) if among is None else among
        return every - exact(self.clause, view, among, budget)


@dataclass(frozen=True)
class SentBetween:
    """Matches messages sent from `first` up to but excluding `last`, in Unix seconds."""

    first: float
    last: float
    cost: int = 5

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """Return the documents of that time, among earlier matches."""
        moments, base = view.columns.moments, view.base
        return {each for each in among or () if self.first <= moments[each - base] < self.last}


@dataclass(frozen=True)
class MessageIdIn:
    """Matches messages by their ids."""

    ids: frozenset[int]
    cost: int = 5

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """Return the documents with these ids, among earlier matches."""
        messages, base = view.columns.messages, view.base
        return {each for each in among or () if messages[each - base] in self.ids}
