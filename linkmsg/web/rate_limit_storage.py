"""The counters of the rate limits, in the memory of one process.

They use the monotonic clock, so that a change of the system's time neither lifts nor extends a
limit. They keep at most CAPACITY keys each, however many addresses and accounts are tried.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import RLock
from typing import Generic, TypeVar

from linkmsg import clock

CAPACITY = 20_000
# The growing wait of a password, in seconds: the first, the longest, and until it starts again.
FIRST_WAIT, MAX_WAIT, ROUNDS_LIFETIME = 30, 15 * 60, 24 * 60 * 60

State = TypeVar("State")


class ExpiringStates(Generic[State]):
    """States by key, each created at its first use.

    A state that was not used for `lifetime` seconds is dropped. Beyond CAPACITY the one that was
    not used for the longest time is dropped, so a counter that is in use stays.
    """

    def __init__(self, create: Callable[[], State], lifetime: float) -> None:
        self._create, self._lifetime = create, lifetime
        self._states: dict[str, tuple[float, State]] = {}  # the least recently used first

    def __len__(self) -> int:
        return len(self._states)

    def get(self, key: str) -> State:
        """Return the state of a key, and drop those that have expired."""
        now = clock.seconds()
        used_at, state = self._states.pop(key, (0.0, None))
        if state is None or used_at + self._lifetime <= now:
            state = self._create()
        self._states[key] = now, state
        self._drop_oldest(now)
        return state

    def remove(self, key: str) -> None:
        """Forget the state of a key, if there is one."""
        self._states.pop(key, None)

    def _drop_oldest(self, now: float) -> None:
        while True:
            oldest = next(iter(self._states))
            is_expired = self._states[oldest][0] + self._lifetime <= now
            if not is_expired and len(self._states) <= CAPACITY:
                return
            del self._states[oldest]


class MovingWindow:
    """Events by key: at most `amount` of each in any `seconds`."""

    def __init__(self, amount: int, seconds: float) -> None:
        self.amount, self.seconds = amount, seconds
        self._lock = RLock()
        self._times: ExpiringStates[list[float]] = ExpiringStates(list, seconds)

    def __len__(self) -> int:
        return len(self._times)

    def wait(self, key: str) -> float:
        """Return the seconds until another event is allowed; 0 if it is now."""
        with self._lock:
            times, now = self._recent(key), clock.seconds()
            return times[-self.amount] + self.seconds - now if len(times) >= self.amount else 0.0

    def count(self, key: str) -> None:
        """Record an event."""
        with self._lock:
            self._recent(key).append(clock.seconds())

    def hit(self, key: str) -> float:
        """Record an event if it is allowed, and return 0; else return the seconds to wait."""
        with self._lock:
            if not (wait := self.wait(key)):
                self.count(key)
            return wait

    def undo(self, key: str) -> None:
        """Take back the latest event of a key."""
        with self._lock:
            if times := self._recent(key):
                times.pop()

    def _recent(self, key: str) -> list[float]:
        times, oldest = self._times.get(key), clock.seconds() - self.seconds
        while times and times[0] <= oldest:
            del times[0]
        return times


@dataclass
class Attempts:
    """The recent attempts at a password, and how long the next has to wait."""

    times: list[float] = field(default_factory=list)
    rounds: int = 0
    held_until: float = 0.0


class GrowingWait:
    """Attempts by key: once there were `amount` in `seconds`, one at a time.

    Each doubles the wait for the next, from FIRST_WAIT up to MAX_WAIT seconds.
    """

    def __init__(self, amount: int, seconds: float) -> None:
        self.amount, self.seconds = amount, seconds
        self._attempts = ExpiringStates(Attempts, ROUNDS_LIFETIME)

    def wait(self, key: str) -> float:
        """Return the seconds until another attempt is allowed; 0 if it is now."""
        return max(0.0, self._attempts.get(key).held_until - clock.seconds())

    def count(self, key: str) -> None:
        """Record an attempt, and hold back the next one if there were too many."""
        state, now = self._attempts.get(key), clock.seconds()
        state.times = [each for each in state.times if each > now - self.seconds] + [now]
        if len(state.times) >= self.amount:
            state.held_until = now + min(MAX_WAIT, FIRST_WAIT * 2 ** min(state.rounds, 10))
            state.rounds += 1

    def undo(self, key: str) -> None:
        """Take back the latest attempt of a key, and the wait that it caused."""
        state = self._attempts.get(key)
        del state.times[-1:]
        if state.held_until > clock.seconds():
            state.held_until, state.rounds = 0.0, max(0, state.rounds - 1)

    def forget(self, key: str) -> None:
        """Take back all attempts of a key."""
        self._attempts.remove(key)
