"""What a search reads: a segment (one part of the index) without its deleted messages.

Here is also the budget, which limits the time of a search.
"""

import time
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol, TypeVar

from linkmsg.search.index.columns import Columns
from linkmsg.search.index.postings import Postings

# The maximum CPU seconds of a search, and the maximum elapsed time as a multiple of them.
SECONDS, WAIT = 0.15, 6


Thing = TypeVar("Thing")


class BudgetExceeded(Exception):
    """The time limit of a search has passed."""


class Budget:
    """The time limit of one search; `cut` becomes true when something is left out to keep to it.

    It limits the CPU time of this thread and, more loosely, the elapsed time.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self.until = time.thread_time() + seconds
        self.end = time.monotonic() + seconds * WAIT
        self.cut = False

    def another(self) -> "Budget":
        """Return a budget with the same deadline but its own `cut`, for a part of the search."""
        made = Budget()
        made.until, made.end = self.until, self.end
        return made

    def is_over(self) -> bool:
        """Return whether the time limit has passed."""
        return time.thread_time() > self.until or time.monotonic() > self.end

    def while_there_is(self, things: Iterable[Thing]) -> Iterator[Thing]:
        """Yield items until there are no more, or the time limit has passed, which sets `cut`."""
        for number, thing in enumerate(things, 1):
            yield thing
            if number % 64 == 0 and self.is_over():
                self.cut = True
                return

    def check(self) -> None:
        """Raise an error if the time limit has passed.

        Raises:
            BudgetExceeded: the time limit has passed.
        """
        if self.is_over():
            raise BudgetExceeded


class Known(Protocol):
    """Anything that finds terms by their key: the dictionary file of a segment, or one in memory.

    Postings are the messages that contain a term and its positions in each, encoded as bytes.
    """

    def get(self, term: bytes) -> bytes | None:
        """Return the encoded postings of a term (which messages contain it); None if none does."""

    def starting(self, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Yield the keys that begin with a prefix, sorted, each with its encoded postings."""


class View(NamedTuple):
    """A segment as one search sees it. Its messages have consecutive numbers from `base`.

    A search ignores the numbers in `hidden`, which are deleted, and the message ids in `elsewhere`,
    which it finds in another segment. `newest` is at least the highest message id.
    """

    terms: Known
    columns: Columns
    base: int
    newest: int
    hidden: frozenset[int]
    elsewhere: frozenset[int]

    def postings(self, key: bytes) -> Postings | None:
        """Return the messages that contain a term, with its positions; None if none does."""
        value = self.terms.get(key)
        return Postings.of(value) if value else None

    def message(self, number: int) -> int:
        """Return the database id of the message with a number."""
        return self.columns.messages[number - self.base]

    def shown(self, numbers: set[int]) -> set[int]:
        """Return the numbers without those of messages that are deleted or found elsewhere."""
        found = numbers - self.hidden
        if not self.elsewhere:
            return found
        return {number for number in found if self.message(number) not in self.elsewhere}

    def ids(self, numbers: Iterable[int]) -> list[int]:
        """Return the database ids of the messages with these numbers, in the same order."""
        messages, base = self.columns.messages, self.base
        return [messages[number - base] for number in numbers]

    def shown_ids(self, numbers: set[int]) -> list[int]:
        """Return the database ids of the messages, except those deleted or found elsewhere."""
        return self.ids(self.shown(numbers))

    def numbers(self, key: bytes) -> set[int]:
        """Return the numbers of the messages that contain a term; some may be deleted."""
        found = self.postings(key)
        return set(found.numbers) if found else set()
