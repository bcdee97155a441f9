"""A segment as a search sees it, and the time budget of a search."""

import time
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol, TypeVar

from linkmsg.search.index.columns import Columns
from linkmsg.search.index.postings import Postings

# The maximum CPU seconds of a search, and the maximum elapsed time as a multiple of them.
SECONDS, WAIT = 0.15, 6


Thing = TypeVar("Thing")


class BudgetExceeded(Exception):
    """The time of a search is up."""


class Budget:
    """The time limit of a search; `cut` is true once results are incomplete."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self.until = time.thread_time() + seconds
        self.end = time.monotonic() + seconds * WAIT
        self.cut = False

    def another(self) -> "Budget":
        """Return a budget with the same deadline and its own `cut`."""
        made = Budget()
        made.until, made.end = self.until, self.end
        return made

    def is_over(self) -> bool:
        """Return whether the time is up."""
        return time.thread_time() > self.until or time.monotonic() > self.end

    def while_there_is(self, things: Iterable[Thing]) -> Iterator[Thing]:
        """Yield items until the time is up, which sets `cut`."""
        for number, thing in enumerate(things, 1):
            yield thing
            if number % 64 == 0 and self.is_over():
                self.cut = True
                return

    def check(self) -> None:
        """Check the time.

        Raises:
            BudgetExceeded: the time is up.
        """
        if self.is_over():
            raise BudgetExceeded


class Known(Protocol):
    """A source of terms and postings: a term dictionary or a draft."""

    def get(self, term: bytes) -> bytes | None:
        """Return the postings of a term; None if it does not exist."""

    def starting(self, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Yield the terms with a prefix and their postings."""


class View(NamedTuple):
    """A segment as a search sees it, without `hidden` documents and ids found `elsewhere`."""

    terms: Known
    columns: Columns
    base: int
    newest: int
    hidden: frozenset[int]
    elsewhere: frozenset[int]

    def postings(self, key: bytes) -> Postings | None:
        """Return the postings of a term; None if it does not exist."""
        value = self.terms.get(key)
        return Postings.of(value) if value else None

    def message(self, number: int) -> int:
        """Return the message id of a document."""
        return self.columns.messages[number - self.base]

    def shown(self, numbers: set[int]) -> set[int]:
        """Remove documents that are deleted or found elsewhere."""
        found = numbers - self.hidden
        if not self.elsewhere:
            return found
        return {number for number in found if self.message(number) not in self.elsewhere}

    def ids(self, numbers: Iterable[int]) -> list[int]:
        """Return the message ids of documents."""
        messages, base = self.columns.messages, self.base
        return [messages[number - base] for number in numbers]

    def shown_ids(self, numbers: set[int]) -> list[int]:
        """Return the message ids of documents that are not deleted or found elsewhere."""
        return self.ids(self.shown(numbers))

    def numbers(self, key: bytes) -> set[int]:
        """Return the documents that have a term."""
        found = self.postings(key)
        return set(found.numbers) if found else set()
