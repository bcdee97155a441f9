"""The current time: all code asks here, so that tests can set it in one place.

`now` is for moments that are stored or shown. Somebody may set the machine's clock, so `seconds`
is for durations.
"""

import time
from datetime import UTC, datetime, timedelta

# The clocks drift apart by far less between two sweeps.
TOLERANCE = timedelta(minutes=1)


def now() -> datetime:
    """Return the current time in UTC, timezone-aware."""
    return datetime.now(UTC)


def seconds() -> float:
    """Return seconds since an unknown moment, by a clock that never jumps: for durations."""
    return time.monotonic()


class ClockWatch:
    """Notices that the machine's clock was set, which makes the ages of stored things wrong."""

    def __init__(self) -> None:
        self._began_at, self._set_at = _time_of_zero(), float("-inf")

    def was_set_within(self, period: timedelta) -> bool:
        """Return whether the clock was found to be set during the last `period`."""
        if abs(_time_of_zero() - self._began_at) > TOLERANCE:
            self._began_at, self._set_at = _time_of_zero(), seconds()
        return seconds() - self._set_at < period.total_seconds()


def _time_of_zero() -> datetime:
    """Return the time at which `seconds` was 0; it changes only when the clock is set."""
    return now() - timedelta(seconds=seconds())
