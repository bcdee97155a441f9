"""Batches of messages for the index writer, and the messages that make it fail."""

from collections.abc import Sequence

from flask import current_app

from linkmsg.search.feed import change_feed
from linkmsg.search.index import IndexEntry

# The most messages and characters of a batch.
MAX_MESSAGES, MAX_CHARACTERS = 1000, 300_000
# A batch that failed this often in a row is halved; a single message that failed this often is
# skipped. More than once, since a writer may be killed for other reasons.
FAILURES_TO_HALVE, FAILURES_TO_SKIP = 2, 6
# A batch is as large as the writer takes in this many seconds. The first, whose words are all
# new to the writer, is the smallest, and none is more than twice as large as the one before.
TARGET_SECONDS, MIN_MESSAGES = 0.2, 125


class BatchSizer:
    """Makes batches that take the writer a fixed time, and smaller ones after it failed.

    Failing batches are halved until the one message that makes the writer fail is found and
    skipped.
    """

    def __init__(self) -> None:
        self.size, self.failures, self.succeeded = MAX_MESSAGES, 0, 0
        self.pace = MIN_MESSAGES
        self._failing: IndexEntry | None = None
        self.skipped: set[tuple[int, int]] = set()

    def next(self, checkpoint: int, last: int) -> list[IndexEntry]:
        """Return the next batch: messages with change numbers above `checkpoint`, up to `last`."""
        entries = change_feed.read_changes(
            checkpoint, last, min(self.size, self.pace, MAX_MESSAGES)
        )
        return [self._without_skipped(each) for each in _limit_characters(entries)]

    def succeed(self, entries: Sequence[IndexEntry], seconds: float) -> None:
        """Record that the writer took a batch, and how many seconds it needed.

        The next one is as large as it would take in the target time. After enough messages batches
        are no longer halved because of an earlier failure.
        """
        self.succeeded += len(entries)
        pace = int(len(entries) * TARGET_SECONDS / max(seconds, 1e-6))
        self.pace = max(MIN_MESSAGES, min(pace, 2 * self.pace, MAX_MESSAGES))
        if self.succeeded >= MAX_MESSAGES:
            self.size = MAX_MESSAGES

    def fail(self, entries: Sequence[IndexEntry]) -> bool:
        """Record that the writer failed on a batch; return whether the next batch may succeed.

        That is smaller if the same one has failed before. A message that still fails alone after
        several tries is skipped. The result is False if it was skipped already: then the messages
        are not to blame.
        """
        first = entries[0] if entries else None
        self.failures = self.failures + 1 if first == self._failing else 1
        self._failing, self.succeeded = first, 0
        if self.failures >= FAILURES_TO_HALVE and len(entries) > 1:
            self.size = len(entries) // 2
        if self.failures < FAILURES_TO_SKIP or len(entries) > 1:
            return True
        skipped = {(each.id, each.change) for each in entries} - self.skipped
        for message_id, _ in skipped:
            current_app.logger.error("message %d can't be searched: it is left out", message_id)
        self.skipped |= skipped
        return bool(skipped)

    def _without_skipped(self, entry: IndexEntry) -> IndexEntry:
        """Return a message to index; if skipped, without its text and the members who may find it.

        The index then still replaces what it has of an earlier version of the message.
        """
        if (entry.id, entry.change) not in self.skipped:
            return entry
        return entry._replace(scopes=[], text="", names=[], kinds=[])


def _limit_characters(entries: list[IndexEntry]) -> list[IndexEntry]:
    """Return as many messages from the start as the character limit allows, but at least one."""
    length = 0
    for number, entry in enumerate(entries):
        length += len(entry.text)
        if length > MAX_CHARACTERS and number:
            return entries[:number]
    return entries
