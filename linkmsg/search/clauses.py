"""What is asked of each segment: clauses, each of which finds the numbers of messages.

All of them ask for keys of one scope only, the one they were made for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from linkmsg.search.postings import Postings
from linkmsg.search.view import Budget, Late, View

# Words that begin so are tried in one segment; of more it is said that some were left out.
MOST_EXPANDED = 20_000


class Clause(Protocol):
    """A thing that is asked for."""

    @property
    def cost(self) -> int:
        """Which are asked first: those that cost least."""

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """The messages of a segment, of those that are left if any were asked for before.

        These are some of them only where it cuts the budget.
        """


def exact(clause: Clause, view: View, among: set[int] | None, budget: Budget) -> set[int]:
    """All that a clause finds: of what must not be there a part is not enough.

    Raises:
        Late: there is no time, or it would take longer than a whole search may.
    """
    budget.check()
    own = Budget()
    found = clause.find(view, among, own)
    if own.cut:
        raise Late
    return found


@dataclass(frozen=True)
class AnyKey:
    """One of these terms."""

    keys: tuple[bytes, ...]
    cost: int = 0

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """The messages in which one stands."""
        if len(self.keys) == 1:  # is always found: it takes no time
            return view.numbers(self.keys[0])
        return set().union(*(view.numbers(key) for key in budget.while_there_is(self.keys)))


@dataclass(frozen=True)
class Beginning:
    """A word that begins so, or one of the same stem."""

    prefix: bytes
    stems: tuple[bytes, ...]
    cost: int = 2

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """The messages in which one stands."""
        found = set().union(*(view.numbers(stem) for stem in self.stems))
        for number, (_, value) in enumerate(view.terms.starting(self.prefix)):
            if number >= MOST_EXPANDED or (number % 16 == 15 and budget.is_over()):
                budget.cut = True
                break
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
        asked: dict[bytes, Postings] = {}
        left = among
        for key in dict.fromkeys(self.keys):
            found = view.postings(key)
            if found is None:
                return set()
            asked[key] = found
            left = set(found.numbers) if left is None else left.intersection(found.numbers)
        # All of these stand in all of them, so they come side by side.
        sides = [each.where(left or set()) for each in asked.values()]
        steps = [self._steps(key) for key in asked]
        return {
            here[0][0]
            for here in budget.while_there_is(zip(*sides, strict=True))
            if _stand(here, steps)
        }

    def _steps(self, key: bytes) -> list[int]:
        """How far behind the first word one stands, each time that it does."""
        return [step for each, step in zip(self.keys, self.steps, strict=True) if each == key]


def _stand(here: "Sequence[tuple[int, memoryview[int]]]", steps: list[list[int]]) -> bool:
    """Whether the places of each word in a message are as far from each other as asked."""
    starts = None
    for (_, places), ways in zip(here, steps, strict=True):
        for step in ways:
            these = {place - step for place in places}
            starts = these if starts is None else starts & these
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
        return every - exact(self.clause, view, among, budget)


@dataclass(frozen=True)
class Between:
    """Sent in a span of time, in seconds of Unix time, the last one not included."""

    first: float
    last: float
    cost: int = 5

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """The messages that were sent then."""
        moments, base = view.columns.moments, view.base
        return {each for each in among or () if self.first <= moments[each - base] < self.last}


@dataclass(frozen=True)
class Among:
    """One of these messages, by their ids."""

    ids: frozenset[int]
    cost: int = 5

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """Those that are in this segment."""
        messages, base = view.columns.messages, view.base
        return {each for each in among or () if messages[each - base] in self.ids}
