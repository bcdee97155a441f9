"""Retries after errors of the index writer (a process of its own), with growing waits."""

import time

from flask import current_app

# Seconds before the third try, doubled with each one up to the longest; the second is at once.
FIRST_WAIT, MAX_WAIT = 0.5, 30.0


class WriterError(Exception):
    """The writer process ended, did not answer in time, or reported an error.

    `is_environmental` if it reported that the disk or memory is to blame rather than the messages.
    """

    def __init__(self, reason: str, *, is_environmental: bool) -> None:
        super().__init__(reason)
        self.is_environmental = is_environmental


class Backoff:
    """Counts errors in a row, and sets how long to wait before the next try.

    The second try is at once; then each wait is twice the one before, up to a maximum. An error is
    logged only if its reason differs from the one logged before it.
    """

    def __init__(self) -> None:
        self.errors, self.until, self.reason = 0, 0.0, ""

    @property
    def is_waiting(self) -> bool:
        """Return whether the wait before the next try is not over yet."""
        return time.monotonic() < self.until

    def record(self, error: Exception) -> None:
        """Log an error if its reason is new, and set the time of the next try."""
        if self.errors:
            wait = min(FIRST_WAIT * 2 ** min(self.errors - 1, 10), MAX_WAIT)
            self.until = time.monotonic() + wait
        self.errors += 1
        if self.reason != str(error):
            self.reason = str(error)
            current_app.logger.error("the index of search can't be written: %s", self.reason)

    def reset(self) -> None:
        """Start over with no errors, after a success; log that it works again if there were any."""
        if self.errors:
            current_app.logger.info("the index of search is written again")
            self.errors, self.until, self.reason = 0, 0.0, ""
