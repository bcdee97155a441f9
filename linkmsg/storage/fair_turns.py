"""Shares a few workers among members: each gets a turn before anybody gets another one."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock


class FairTurns:
    """Lets `limit` members work at once, each on one thing; the others wait.

    Turns go round by member (round robin), in the order in which they came, and a member whose
    turn ends goes to the end. So whoever has twenty things to do holds up nobody by more than the
    one that is being done. Members are named by a number.
    """

    def __init__(self, limit: int) -> None:
        self._free = limit
        self._lock = Lock()
        self._waiting: dict[int, deque[Event]] = {}
        self._working: dict[int, deque[Event]] = {}

    @contextmanager
    def turn(self, member: int, seconds: float) -> Iterator[None]:
        """Wait for a turn of the member, and hold it until the `with` block ends.

        Raises:
            TimeoutError: it did not come within so many seconds.
        """
        self._wait(member, seconds)
        try:
            yield
        finally:
            self._end(member)

    def count_waiting(self, member: int) -> int:
        """Return how many threads wait for a turn of the member."""
        with self._lock:
            return len(self._queue(member))

    def _wait(self, member: int, seconds: float) -> None:
        turn = Event()
        with self._lock:
            if member not in self._working:
                self._waiting.setdefault(member, deque())
            self._queue(member).append(turn)
            self._start_next()
        if turn.wait(seconds):
            return
        with self._lock:
            if turn.is_set():
                return
            self._queue(member).remove(turn)
            if member in self._waiting and not self._waiting[member]:
                del self._waiting[member]
        raise TimeoutError

    def _end(self, member: int) -> None:
        with self._lock:
            self._free += 1
            if others := self._working.pop(member):
                self._waiting[member] = others
            self._start_next()

    def _start_next(self) -> None:
        while self._free and self._waiting:
            member = next(iter(self._waiting))
            self._working[member] = self._waiting.pop(member)
            self._working[member].popleft().set()
            self._free -= 1

    def _queue(self, member: int) -> deque[Event]:
        if member in self._working:
            return self._working[member]
        return self._waiting.get(member, deque())
