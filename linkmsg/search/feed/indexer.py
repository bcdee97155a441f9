"""The indexer: sends changes from the database to the writer process of the index."""

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
    """Keeps the index up to date. Of several indexers only one has the writer."""

    def __init__(self, index: SearchIndex) -> None:
        self.index = index
        self.child = ChildProcess(index.writer_command())
        self.has_more, self.backoff, self.batch_sizer = True, Backoff(), BatchSizer()

    def run(self) -> None:
        """Index new changes for a while; ask to be run again if more are left."""
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
        """Stop the writer."""
        self.child.close()

    def _is_due(self) -> bool:
        """Return whether there may be something to do, without asking the writer."""
        return (
            self.has_more
            or self.index.is_rebuild_requested()
            or self.index.state().checkpoint != change_feed.last_change()
        )

    def _rebuild_if_requested(self) -> bool:
        """Begin a requested rebuild; return whether this process has the writer."""
        if not self.index.is_rebuild_requested():
            return True
        if not self._begin_rebuild():
            return False
        self.index.clear_rebuild_request()
        return True

    def _rebuild_if_foreign(self) -> bool:
        """Rebuild an index of another database; return whether this process has the writer."""
        answer = self._ask(do="status")
        if "mark" not in answer:
            return False
        db.session.rollback()
        if not matches_database(answer["mark"], answer["fingerprint"]):
            return self._begin_rebuild()
        return True

    def _begin_rebuild(self) -> bool:
        """Empty the index, try skipped messages again; return whether there is a writer."""
        self.batch_sizer = BatchSizer()
        return "mark" in self._ask(do="begin")

    def _advance(self, last: int) -> bool:
        """Index one batch and merge for a while; return whether there is more to do.

        Merging keeps up with indexing, since many small segments make searches slow.
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
        """Send a request to the writer and return its answer.

        Raises:
            WriterError: it could not do it.
        """
        line = self.child.request(json.dumps(request).encode(), WRITER_TIMEOUT)
        if line is None:
            raise WriterError("its writer ended", is_environmental=False)
        answer: dict[str, Any] = json.loads(line)
        if "fault" in answer:
            raise WriterError(answer["fault"], is_environmental=answer["lasting"])
        return answer


class Rebuild:
    """Rebuilds the index, or watches another process do it; `last` is the change it ends with."""

    def __init__(self, index: SearchIndex) -> None:
        self.index, self.last = index, change_feed.last_change()

    def run(self) -> Iterator[int]:
        """Yield the last indexed change until the rebuild is done."""
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
    """Return the last change before which no open write can add another, 0 if unknown now."""
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
