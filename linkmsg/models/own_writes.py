"""Which of the last writes into the database are known to be of this process."""

from threading import Lock


class OwnWrites:
    """A range of snapshot numbers in which this process alone has written.

    The process knows which members its own writes were news for. So a page with a number in the
    range needs to catch up only if there was news for its member.
    """

    def __init__(self) -> None:
        self.start = self.end = -1
        self._lock = Lock()

    def add(self, before: int, after: int) -> None:
        """Add a write that a snapshot `before` does not contain and one `after` does."""
        with self._lock:
            if before >= self.start and after == self.end + 1:
                self.end = after
            elif after > self.end:
                # Another process may have written between: the range starts again.
                self.start, self.end = before if after == before + 1 else after, after

    def cover(self, first: int, last: int) -> bool:
        """Return whether all writes between two snapshots were of this process."""
        with self._lock:
            return first == last or self.start <= first <= last <= self.end
