"""Remember since when no other server process has written to the database."""

from threading import Lock


class OwnWrites:
    """The latest range of snapshot numbers in which only this process has written.

    A snapshot number counts the writes to the database; see `linkmsg.models.snapshot`. A process
    knows which members its own writes concerned. So a page that shows a snapshot in this range
    has to fetch changes only if a write concerned its member.
    """

    def __init__(self) -> None:
        self.start = self.end = -1
        self._lock = Lock()

    def add(self, before: int, after: int) -> None:
        """Add a write of this process: `before` and `after` are the snapshot numbers around it."""
        with self._lock:
            if before >= self.start and after == self.end + 1:
                self.end = after
            elif after > self.end:
                # Another process may have written between: the range starts again.
                self.start, self.end = before if after == before + 1 else after, after

    def cover(self, first: int, last: int) -> bool:
        """Return whether surely nobody but this process wrote between two snapshot numbers."""
        with self._lock:
            return first == last or self.start <= first <= last <= self.end
