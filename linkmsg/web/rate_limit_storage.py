"""What limits count in, in the memory of one process."""

import time
from typing import Any

from limits.storage import MemoryStorage

# Counts that are over are looked for so often, in seconds; until then they only take room.
SWEPT_EVERY = 30.0


class SweptMemoryStorage(MemoryStorage):
    """Memory that is swept now and then, not at each hit.

    The library starts a thread at each hit that goes through all there is: at a hundred messages
    a second with some thousand counts that cost more than half of a processor. Whether a count
    is over is looked at when it is read, so when the others are swept changes no answer.
    """

    def __init__(self, *given: Any, **more: Any) -> None:
        self._swept = time.monotonic()
        super().__init__(*given, **more)

    def _MemoryStorage__schedule_expiry(self) -> None:  # noqa: N802
        now = time.monotonic()
        if now - self._swept >= SWEPT_EVERY:
            self._swept = now
            super()._MemoryStorage__schedule_expiry()  # type: ignore[misc]
