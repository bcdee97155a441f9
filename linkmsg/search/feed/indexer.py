"""The indexer: sends new and changed messages from the database to the index writer.

The writer is a child process. Several processes may have an indexer, but only one writer at a time
holds the lock of the index; to the others it answers that it is busy.
"""

import json
import time
from collections.abc import Iterator
from typing import Any

from linkmsg import wakeup
from linkmsg.db import db, on_sqlite
from linkmsg.models.change_number import no_open_writes
from linkmsg.search.feed import change_feed
from linkmsg.search.feed.backoff import Backoff, WriterError
from linkmsg.search.feed.batching import BatchSizer
from linkmsg.search.feed.fingerprint import Fingerprint, fingerprint_of, matches_database
from linkmsg.search.index import SearchIndex
from linkmsg.storage.child_process import ChildProcess

# Seconds that the writer may take for one answer.
WRITER_TIMEOUT = 60.0
# Seconds of one run, and of the merging after each batch.
RUN_SECONDS, MERGE_SECONDS = 1.0, 0.2
# How often to check whether all open writes have ended, and the seconds in between.
SETTLE_TRIES, SETTLE_PAUSE = 50, 0.01
# Seconds between two checks of an index that another process is writing.
WATCH_SECONDS = 0.2


class Indexer:
    """Keeps the search index up to date, with a writer process that it starts when needed."""

    def __init__(self, index: SearchIndex) -> None:
        self.index = index
        self.child = ChildProcess(index.writer_command())
        self.has_more, self.backoff, self.batch_sizer = True, Backoff(), BatchSizer()

    def run(self) -> None:
        """Index new changes for about a second; wake the worker to run this again if more are left.

        Errors of the writer or the disk are logged, and later calls do nothing until a wait is
        over.
        """
        if self.backoff.is_waiting:
            return
        try:
            self._run()
        except (WriterError, OSError) as error:
            self.backoff.record(error)
        else:
            self.backoff.reset()

    def _run(self) -> None:
        until = time.monotonic() + RUN_SECONDS
        if not self._is_due() or (self.child.pid is None and self.index.is_writing()):
            return
        if not self._rebuild_if_requested() or not self._rebuild_if_foreign():
            return
        last = last_settled_change()
        while self._advance(last):
            if time.monotonic() >= until:
                wakeup.notify()
                return

    def close(self) -> None:
        """Stop the writer process, if it runs."""
        self.child.close()

    def _is_due(self) -> bool:
        """Return whether there may be something to index or merge, without asking the writer."""
        return (
            self.has_more
            or self.index.is_rebuild_requested()
            or self.index.state().checkpoint != change_feed.last_change()
        )

    def _rebuild_if_requested(self) -> bool:
        """Empty the index if somebody requested a rebuild, and clear the request.

        Return False only if that failed because another process is writing the index.
        """
        if not self.index.is_rebuild_requested():
            return True
        if not self._begin_rebuild():
            return False
        self.index.clear_rebuild_request()
        return True

    def _rebuild_if_foreign(self) -> bool:
        """Empty the index if it was not made from this database, such as after a restore.

        Return False only if another process is writing the index.
        """
        answer = self._ask(do="status")
        if "mark" not in answer:
            return False
        db.session.rollback()
        if not matches_database(answer["mark"], answer["fingerprint"]):
            return self._begin_rebuild()
        return True

    def _begin_rebuild(self) -> bool:
        """Empty the index, and try messages again that were skipped because the writer failed.

        Return False if another process is writing the index.
        """
        self.batch_sizer = BatchSizer()
        return "mark" in self._ask(do="begin")

    def _advance(self, last: int) -> bool:
        """Index a batch of changes up to `last`, and merge; return whether more may be left.

        Merging joins small parts of the index; it keeps up with indexing, since many small parts
        make searches slow.
        """
        answer = self._ask(do="status")
        if "mark" not in answer:
            return False
        has_advanced = False
        if answer["mark"] < last:
            added = self._add_batch(last, answer["mark"], answer["fingerprint"])
            self.has_more = bool(added.get("more"))
            has_advanced = bool(added.get("mark") != answer["mark"])
        if self.has_more:
            self.has_more = bool(self._ask(do="merge", seconds=MERGE_SECONDS).get("more"))
        return has_advanced or self.has_more

    def _add_batch(self, last: int, checkpoint: int, before: Fingerprint) -> dict[str, Any]:
        entries = self.batch_sizer.next(checkpoint, last)
        fingerprint = fingerprint_of(entries, before)
        db.session.rollback()
        reached = entries[-1].change if entries else last
        began = time.monotonic()
        try:
            answer = self._ask(
                do="add",
                entries=entries,
                after=checkpoint,
                mark=reached,
                fingerprint=fingerprint,
                goal=last,
            )
        except WriterError as error:
            if error.is_environmental or not self.batch_sizer.fail(entries):
                raise
            return {}
        self.batch_sizer.succeed(entries, time.monotonic() - began)
        return answer

    def _ask(self, **request: Any) -> dict[str, Any]:
        """Send a request to the writer process and return its answer (see `index/writer.py`).

        Raises:
            WriterError: the writer ended, took too long, or reported an error.
        """
        line = self.child.request(json.dumps(request).encode(), WRITER_TIMEOUT)
        if line is None:
            raise WriterError("its writer ended", is_environmental=False)
        answer: dict[str, Any] = json.loads(line)
        if "fault" in answer:
            raise WriterError(answer["fault"], is_environmental=answer["lasting"])
        return answer


class Rebuild:
    """Rebuilds the whole index, or watches while another process does, for `search rebuild`.

    `last` is the number of the change with which the rebuild counts as complete.
    """

    def __init__(self, index: SearchIndex) -> None:
        self.index, self.last = index, change_feed.last_change()

    def run(self) -> Iterator[int]:
        """Yield the number of the last indexed change, as progress, until the rebuild is done."""
        indexer = Indexer(self.index)
        self.index.request_rebuild()
        try:
            while self.index.is_rebuild_requested() or self.index.state().checkpoint < self.last:
                indexer.run()
                if not self.index.is_rebuild_requested():
                    yield min(self.index.state().checkpoint, self.last)
                if indexer.child.pid is None or indexer.backoff.is_waiting:
                    time.sleep(WATCH_SECONDS)
        finally:
            indexer.close()
        yield self.last


def last_settled_change() -> int:
    """Return the highest change number below which no open transaction can still add one.

    On PostgreSQL transactions may commit in another order than they took numbers. This waits a
    short time for a moment without open writes, and returns 0 if there is none.
    """
    if on_sqlite():
        return change_feed.last_change()
    for _ in range(SETTLE_TRIES):
        db.session.rollback()
        try:
            if db.session.scalar(no_open_writes()):
                return change_feed.last_change()
        finally:
            db.session.rollback()
        time.sleep(SETTLE_PAUSE)
    return 0
