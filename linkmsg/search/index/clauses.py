"""Clauses: the parts of a query, each of which finds messages in a segment (part of the index).

Messages are represented by their numbers in the index, terms by their keys. All keys of a clause
contain the id of one member, so it can't match what only others may read.
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
    """A part of a query, such as a word or a date range."""

    @property
    def cost(self) -> int:
        """Return how slow the clause is compared with others; a query runs cheap ones first."""

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """Return the numbers of the messages in a segment that match.

        `among` are the matches of earlier clauses, or None if this is the first; the result may
        have others as well. Matches are missing only if the time is up, which sets `budget.cut`.
        """


def exact(clause: Clause, view: View, among: set[int] | None, budget: Budget) -> set[int]:
    """Return all matches of a clause, as its exclusion needs; an incomplete result would be wrong.

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
    """Matches messages that contain at least one of the terms with these keys."""

    keys: tuple[bytes, ...]
    cost: int = 0

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """Return the numbers of the messages with at least one of the terms."""
        return set().union(*(view.numbers(key) for key in budget.while_there_is(self.keys)))


@dataclass(frozen=True)
class Prefix:
    """Matches messages with a word that begins with a prefix, or has one of these stems."""

    prefix: bytes
    stems: tuple[bytes, ...]
    cost: int = 2

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """Return the numbers of the messages with such a word."""
        found = set().union(*(view.numbers(stem) for stem in self.stems))
        for _, numbers in _starting(self.prefix, view, budget):
            found.update(numbers)
        return found


def _starting(prefix: bytes, view: View, budget: Budget) -> Iterator[tuple[bytes, Iterable[int]]]:
    """Yield the keys of words that begin with a prefix, and the numbers of the messages with each.

    It ends early after too many words or when the time is up, and sets `budget.cut`.
    """
    for number, (surface, value) in enumerate(view.terms.starting(prefix)):
        if number >= MOST_EXPANDED or (number % 16 == 15 and budget.is_over()):
            budget.cut = True
            return
        yield surface, Postings.of(value).numbers


@dataclass(frozen=True)
class Phrase:
    """Matches a phrase: the keys of its words, and how many words after the first each one is."""

    keys: tuple[bytes, ...]
    steps: tuple[int, ...]
    cost: int = 3

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """Return the numbers of the messages that contain the phrase."""
        return set(self.starts(view, among, budget))

    def starts(self, view: View, among: set[int] | None, budget: Budget) -> dict[int, set[int]]:
        """Return the numbers of the messages with the phrase, and the positions where it begins."""
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
        """Return how many words after the first a word is in the phrase; several if it recurs."""
        return [step for each, step in zip(self.keys, self.steps, strict=True) if each == key]


def _starts(here: "Sequence[tuple[int, memoryview[int]]]", steps: list[list[int]]) -> set[int]:
    """Return the positions in one message at which the phrase begins.

    `here` has the positions of each different word, `steps` its offsets in the phrase.
    """
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
    """Matches a phrase whose last word, `step` words after the first, begins with `prefix`.

    `heads` are the alternatives for the words before it. Positions are stored by stem only, so
    `stems` returns the keys of the stems of a word, given the key of the word in full.
    """

    heads: tuple[Phrase, ...]
    step: int
    prefix: bytes
    stems: Callable[[bytes], tuple[bytes, ...]]
    cost: int = 4

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """Return the numbers of the messages that contain the phrase."""
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
        """Return messages that match, and by the key of a last word those whose positions matter.

        With too many different last words, any message with one of them counts as a match.
        """
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
    """Matches messages that at least one of these clauses matches."""

    clauses: tuple[Clause, ...]
    cost: int = 4

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """Return the numbers of the messages that at least one clause matches."""
        return set().union(*(each.find(view, among, budget) for each in self.clauses))


@dataclass(frozen=True)
class AllOf:
    """Matches messages that all of these clauses match."""

    clauses: tuple[Clause, ...]
    cost: int = 4

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """Return the numbers of the messages that all clauses match."""
        for each in self.clauses:
            found = each.find(view, among, budget)
            among = found if among is None else among & found
        return among or set()


@dataclass(frozen=True)
class Not:
    """Matches messages of `everything` (all of one member) that `clause` does not match."""

    clause: Clause
    everything: Clause
    cost: int = 4

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """Return the numbers of the messages that the clause does not match."""
        every = self.everything.find(view, None, budget) if among is None else among
        return every - exact(self.clause, view, among, budget)


@dataclass(frozen=True)
class SentBetween:
    """Matches messages sent at `first` or later, and before `last`; both in Unix seconds."""

    first: float
    last: float
    cost: int = 5

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """Return the matches of earlier clauses that were sent in this time; none without any."""
        moments, base = view.columns.moments, view.base
        return {each for each in among or () if self.first <= moments[each - base] < self.last}


@dataclass(frozen=True)
class MessageIdIn:
    """Matches messages with one of these ids in the database."""

    ids: frozenset[int]
    cost: int = 5

    def find(self, view: View, among: set[int] | None, budget: Budget) -> set[int]:
        """Return the matches of earlier clauses that have these ids; none without any."""
        messages, base = view.columns.messages, view.base
        return {each for each in among or () if messages[each - base] in self.ids}
