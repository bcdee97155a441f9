"""Clauses of a query, each of which finds the numbers of matching messages in a segment.

The keys of a clause all belong to one member, for whom it was made.
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
    """A condition on messages."""

    @property
    def cost(self) -> int:
        """Return how slow it is; the cheapest clauses are evaluated first."""

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """Return the numbers of matching messages of a segment.

        `among` are the candidates that earlier clauses left, None before the first one; a clause
        may return others too. The result is incomplete only if the budget is cut.
        """


def exact(clause: Clause, view: View, among: set[int] | None, budget: Budget) -> set[int]:
    """Return all messages that a clause matches, as excluding only some would show wrong hits.

    Raises:
        BudgetExceeded: there is no time for all of it.
    """
    budget.check()
    own = budget.another()
    found = clause.find(view, among, own)
    if own.cut:
        raise BudgetExceeded
    return found


@dataclass(frozen=True)
class AnyTerm:
    """Matches messages with one of these terms."""

    keys: tuple[bytes, ...]
    cost: int = 0

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """Return the numbers of matching messages."""
        return set().union(*(view.numbers(key) for key in budget.while_there_is(self.keys)))


@dataclass(frozen=True)
class Prefix:
    """Matches words that begin with a prefix, or that have one of these stems."""

    prefix: bytes
    stems: tuple[bytes, ...]
    cost: int = 2

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """Return the numbers of matching messages."""
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
    """Matches terms in a row, each at a distance from the first one."""

    keys: tuple[bytes, ...]
    steps: tuple[int, ...]
    cost: int = 3

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """Return the numbers of matching messages."""
        return set(self.starts(view, among, budget))

    def starts(self, view: View, among: set[int] | None, budget: Budget) -> dict[int, set[int]]:
        """Return the matching messages, each with the positions at which it begins there."""
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
    """Matches phrases whose last word begins with a prefix, at a distance from the first word.

    `stems` returns the keys of the stems of a word, given the key of its surface.
    """

    heads: tuple[Phrase, ...]
    step: int
    prefix: bytes
    stems: Callable[[bytes], tuple[bytes, ...]]
    cost: int = 4

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """Return the numbers of matching messages."""
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
    """Matches messages that one of these clauses matches."""

    clauses: tuple[Clause, ...]
    cost: int = 4

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """Return the numbers of matching messages."""
        return set().union(*(each.find(view, among, budget) for each in self.clauses))


@dataclass(frozen=True)
class AllOf:
    """Matches messages that all of these clauses match."""

    clauses: tuple[Clause, ...]
    cost: int = 4

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """Return the numbers of matching messages."""
        for each in self.clauses:
            found = each.find(view, among, budget)
            among = found if among is None else among & found
        return among or set()


@dataclass(frozen=True)
class Not:
    """Matches messages that `clause` does not match, among those that `everything` does."""

    clause: Clause
    everything: Clause
    cost: int = 4

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """Return the numbers of matching messages."""
        every = self.everything.find(view, None, budget) if among is None else among
        return every - exact(self.clause, view, among, budget)


@dataclass(frozen=True)
class SentBetween:
    """Matches messages sent from `first` until before `last`, in seconds of Unix time."""

    first: float
    last: float
    cost: int = 5

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """Return the numbers of matching messages."""
        moments, base = view.columns.moments, view.base
        return {each for each in among or () if self.first <= moments[each - base] < self.last}


@dataclass(frozen=True)
class MessageIdIn:
    """Matches messages with one of these ids."""

    ids: frozenset[int]
    cost: int = 5

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """Return the numbers of matching messages."""
        messages, base = view.columns.messages, view.base
        return {each for each in among or () if messages[each - base] in self.ids}
