"""What is told to the writer of the index at once, and which messages can't be told."""

from collections.abc import Sequence

from flask import current_app

from linkmsg.search.feed import change_feed
from linkmsg.search.index.fields import Entry

# Messages and characters of a batch. One that failed so often in a row is halved; a message
# that failed so often alone is left out: a writer may be ended for no fault of what it was told.
BATCH, CHARACTERS, OFTEN, HOPELESS = 1000, 300_000, 2, 6
# A batch is as large as the writer takes in so many seconds. The first, whose words are all
# new to it, is the smallest, and none is more than twice as large as the one before.
AIM, LEAST = 0.2, 125


class Batches:
    """Batches as large as the writer is fast, and smaller ones after one that fails.

    They grow smaller until the one message is left out that is at fault.
    """

    def __init__(self) -> None:
        self.size, self.failures, self.good = BATCH, 0, 0
        self.pace = LEAST
        self._failing: Entry | None = None
        self.left_out: set[tuple[int, int]] = set()

    def next(self, mark: int, last: int) -> list[Entry]:
        """What is to be told after one change, up to another."""
        found = change_feed.changed(mark, last, min(self.size, self.pace, BATCH))
        return [self._tellable(each) for each in _short(found)]

    def worked(self, entries: Sequence[Entry], seconds: float) -> None:
        """A batch is in the index, which took the writer so many seconds.

        The next is as large as it takes in the time that is aimed at. After enough of them none
        is smaller for one that failed.
        """
        self.good += len(entries)
        taken = int(len(entries) * AIM / max(seconds, 1e-6))
        self.pace = max(LEAST, min(taken, 2 * self.pace, BATCH))
        if self.good >= BATCH:
            self.size = BATCH

    def failed(self, entries: Sequence[Entry]) -> bool:
        """A batch failed for what it says; whether another is worth trying."""
        first = entries[0] if entries else None
        self.failures = self.failures + 1 if first == self._failing else 1
        self._failing, self.good = first, 0
        if self.failures >= OFTEN and len(entries) > 1:
            self.size = len(entries) // 2
        if self.failures < HOPELESS or len(entries) > 1:
            return True
        fault = {(each.id, each.change) for each in entries} - self.left_out
        for message_id, _ in fault:
            current_app.logger.error("message %d can't be searched: it is left out", message_id)
        self.left_out |= fault
        return bool(fault)

    def _tellable(self, entry: Entry) -> Entry:
        """A message; one that is left out only as being there, so its last text is forgotten."""
        if (entry.id, entry.change) not in self.left_out:
            return entry
        return entry._replace(scopes=[], text="", names=[], kinds=[])


def _short(entries: list[Entry]) -> list[Entry]:
    """The first of these, as many as are not too long together."""
    length = 0
    for number, entry in enumerate(entries):
        length += len(entry.text)
        if length > CHARACTERS and number:
            return entries[:number]
    return entries
