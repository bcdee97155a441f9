"""What goes wrong with the files of the index, and how long it is left alone then."""

import time

from flask import current_app

# Seconds before the second try and the longest that is waited; the first try is at once.
FIRST, LONGEST = 0.5, 30.0


class Fault(Exception):
    """The writer could not do what it was asked; `lasting` if that is not for what it was told."""

    def __init__(self, told: str, *, lasting: bool) -> None:
        super().__init__(told)
        self.lasting = lasting


class Faults:
    """Counts what goes wrong in a row. Each time is waited twice as long; each is logged once."""

    def __init__(self) -> None:
        self.number, self.until, self.told = 0, 0.0, ""

    @property
    def is_waiting(self) -> bool:
        """Whether it is too soon to try again."""
        return time.monotonic() < self.until

    def note(self, fault: Exception) -> None:
        """Something went wrong."""
        if self.number:
            wait = min(FIRST * 2 ** min(self.number - 1, 10), LONGEST)
            self.until = time.monotonic() + wait
        self.number += 1
        if self.told != str(fault):
            self.told = str(fault)
            current_app.logger.error("the index of search can't be written: %s", self.told)

    def clear(self) -> None:
        """All is well."""
        if self.number:
            current_app.logger.info("the index of search is written again")
            self.number, self.until, self.told = 0, 0.0, ""
