"""What is asked of each segment: clauses, each of which finds the numbers of messages.

All of them ask for keys of one scope only, the one they were made for.
"""

from dataclasses import dataclass
from typing import Protocol

from linkmsg.search.postings import Postings
from linkmsg.search.view import Budget, View

# Words that begin so are tried in one segment.
MOST_EXPANDED = 400


class Clause(Protocol):
    """A thing that is asked for."""

    @property
    def cost(self) -> int:
        """Which are asked first: those that cost least."""

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """The messages of a segment, of those that are left if any were asked for before."""


@dataclass(frozen=True)
class AnyKey:
    """One of these terms."""

    keys: tuple[bytes, ...]
    cost: int = 0

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """The messages in which one stands."""
        budget.check()
        if len(self.keys) == 1:
            return view.numbers(self.keys[0])
        return set().union(*(view.numbers(key) for key in self.keys))


@dataclass(frozen=True)
class Beginning:
    """A word that begins so, or one of the same stem."""

    prefix: bytes
    stem: bytes
    cost: int = 2

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """The messages in which one stands."""
        found = view.numbers(self.stem)
        for number, (_, value) in enumerate(view.terms.starting(self.prefix)):
            if number >= MOST_EXPANDED:
                break
            if number % 16 == 0:
                budget.check()
            found.update(Postings.of(value).numbers)
        return found


@dataclass(frozen=True)
class Row:
    """Words side by side: terms, and how far each stands behind the first."""

    keys: tuple[bytes, ...]
    steps: tuple[int, ...]
    cost: int = 3

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """The messages in which they stand so."""
        budget.check()
        asked: dict[bytes, Postings] = {}
        left = among
        for key in dict.fromkeys(self.keys):
            found = view.postings(key)
            if found is None:
                return set()
            asked[key] = found
            left = set(found.numbers) if left is None else left.intersection(found.numbers)
        left = left or set()
        where = {key: found.where(left) for key, found in asked.items()}
        standing = set()
        for at, number in enumerate(left):
            if at % 64 == 0:
                budget.check()
            if self._stands(number, where):
                standing.add(number)
        return standing

    def _stands(self, number: int, where: "dict[bytes, dict[int, memoryview[int]]]") -> bool:
        starts = None
        for key, step in zip(self.keys, self.steps, strict=True):
            here = {place - step for place in where[key][number]}
            starts = here if starts is None else starts & here
            if not starts:
                return False
        return True


@dataclass(frozen=True)
class Either:
    """One of these clauses."""

    clauses: tuple[Clause, ...]
    cost: int = 4

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """The messages that one of them finds."""
        return set().union(*(each.find(view, among, budget) for each in self.clauses))


@dataclass(frozen=True)
class All:
    """All of these clauses."""

    clauses: tuple[Clause, ...]
    cost: int = 4

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """The messages that each of them finds."""
        for each in self.clauses:
            found = each.find(view, among, budget)
            among = found if among is None else among & found
        return among or set()


@dataclass(frozen=True)
class Not:
    """Whatever is not found by a clause, of what another finds."""

    clause: Clause
    everything: Clause
    cost: int = 4

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """The messages that it does not find."""
        every = self.everything.find(view, None, budget) if among is None else among
        return every - self.clause.find(view, among, budget)


@dataclass(frozen=True)
class Between:
    """Sent in a span of time, in seconds of Unix time, the last one not included."""

    first: float
    last: float
    cost: int = 5

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """The messages that were sent then."""
        budget.check()
        moments, base = view.columns.moments, view.base
        return {each for each in among or () if self.first <= moments[each - base] < self.last}


@dataclass(frozen=True)
class Among:
    """One of these messages, by their ids."""

    ids: frozenset[int]
    cost: int = 5

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """Those that are in this segment."""
        budget.check()
        messages, base = view.columns.messages, view.base
        return {each for each in among or () if messages[each - base] in self.ids}
