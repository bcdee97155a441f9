"""A clock that tests move, in place of the one that measures durations."""

from datetime import timedelta


class MonotonicClock:
    """Seconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds

    def shift(self, time: timedelta) -> None:
        """Let time pass."""
        self.seconds += time.total_seconds()
