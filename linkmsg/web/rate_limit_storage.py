"""The counters of the rate limits, in the memory of one process."""

from bisect import bisect_right
from threading import Lock

from limits.storage import Storage
from limits.storage.base import MovingWindowSupport

from linkmsg import clock

# Expired counters are removed at this interval, in seconds; until then they only use memory.
SWEEP_INTERVAL = 30.0


class SweptMemoryStorage(Storage, MovingWindowSupport):
    """Counters for the `limits` library; expired ones are removed now and then.

    The library's own MemoryStorage measures by the clock of the machine: when that was set back by
    an hour, everybody waited an hour longer. It also starts a thread for each count that scans all
    counters, which used more than half of a CPU core at a hundred messages a second.

    All times are in seconds, as `clock.seconds` returns them.
    """

    STORAGE_SCHEME = None

    def __init__(self) -> None:
        super().__init__()
        self._lock = Lock()
        self._counts: dict[str, tuple[int, float]] = {}
        # By key, the times of the counted events, oldest first, and when the last one expires.
        self._events: dict[str, tuple[list[float], float]] = {}
        self._swept_at = clock.seconds()

    @property
    def base_exceptions(self) -> type[Exception]:
        """Return the exceptions that the library may wrap: none are expected here."""
        return ValueError

    def __len__(self) -> int:
        """Return the number of keys in memory, expired or not."""
        return len(self._counts) + len(self._events)

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Add to a counter and return it; a new one expires after `expiry` seconds."""
        with self._lock:
            now = self._sweep()
            count, until = self._count(key, now)
            self._counts[key] = (count + amount, until if count else now + expiry)
            return count + amount

    def get(self, key: str) -> int:
        """Return a counter, 0 if there is none or it has expired."""
        with self._lock:
            return self._count(key, clock.seconds())[0]

    def get_expiry(self, key: str) -> float:
        """Return when a counter expires, by `clock.seconds`; the current time if there is none."""
        with self._lock:
            return self._count(key, clock.seconds())[1]

    def clear(self, key: str) -> None:
        """Forget what was counted under a key."""
        with self._lock:
            self._counts.pop(key, None)
            self._events.pop(key, None)

    def reset(self) -> int:
        """Forget everything, and return how many keys there were."""
        with self._lock:
            number = len(self)
            self._counts.clear()
            self._events.clear()
            return number

    def check(self) -> bool:
        """Return whether the storage can be used: always."""
        return True

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count `amount` events if no more than `limit` are then younger than `expiry` seconds.

        Return whether they were counted.
        """
        with self._lock:
            now = self._sweep()
            recent = self._recent(key, now - expiry)
            if len(recent) + amount > limit:
                return False
            self._events[key] = ([*recent, *[now] * amount], now + expiry)
            return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """Return when the oldest event of the last `expiry` seconds was, and how many there are."""
        with self._lock:
            now = clock.seconds()
            recent = self._recent(key, now - expiry)
            return (recent[0] if recent else now), len(recent)

    def _count(self, key: str, now: float) -> tuple[int, float]:
        count, until = self._counts.get(key, (0, now))
        return (count, until) if until > now else (0, now)

    def _recent(self, key: str, since: float) -> list[float]:
        times, _ = self._events.get(key, ([], since))
        return times[bisect_right(times, since) :]

    def _sweep(self) -> float:
        """Remove what has expired, if it was not done lately; return the current time."""
        now = clock.seconds()
        if now - self._swept_at >= SWEEP_INTERVAL:
            self._swept_at = now
            self._counts = {key: each for key, each in self._counts.items() if each[1] > now}
            self._events = {key: each for key, each in self._events.items() if each[1] > now}
        return now
