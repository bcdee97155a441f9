"""The counters of the rate limits, in the memory of one process."""

import time
from typing import Any

from limits.storage import MemoryStorage

# Expired counters are removed at this interval, in seconds; until then they only use memory.
SWEEP_INTERVAL = 30.0


class SweptMemoryStorage(MemoryStorage):
    """Memory storage that removes expired counters now and then, not each time it counts.

    The library starts a thread for each count that scans all counters: at a hundred messages a
    second and some thousand counters that used more than half of a CPU core. A counter that is
    read is checked for expiry anyway, so the time of the removal changes no result.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._swept = time.monotonic()
        super().__init__(*args, **kwargs)

    def _MemoryStorage__schedule_expiry(self) -> None:  # noqa: N802
        now = time.monotonic()
        if now - self._swept >= SWEEP_INTERVAL:
            self._swept = now
            super()._MemoryStorage__schedule_expiry()  # type: ignore[misc]
