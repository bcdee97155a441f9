"""Tells the writer of the index what changed, in batches, from where the index stands."""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from linkmsg import wakeup
from linkmsg.db import db, on_sqlite
from linkmsg.models.change_number import no_open_writes
from linkmsg.search.feed import change_feed
from linkmsg.search.feed.backoff import Fault, Faults
from linkmsg.search.feed.batching import Batches
from linkmsg.search.feed.fingerprint import Witness, holds, witness_of
from linkmsg.search.index.search_index import REBUILD, SearchIndex
from linkmsg.search.index.writer import is_taken
from linkmsg.storage.child_process import ChildProcess

SCRIPT = Path(__file__).parents[1] / "index" / "launch.py"
# Seconds that the writer may take over one answer.
PATIENCE = 60.0
# So long it is told at once, and so long it merges at once.
TURN, MERGE = 1.0, 0.2
# So often it is looked whether all writes have ended, and the seconds between: nobody is held up.
LOOKS, PAUSE = 50, 0.01
# While another process writes it is looked at so often, in seconds.
WATCH = 0.2


class Feeder:
    """Keeps the index up to date. Of many only one has a writer."""

    def __init__(self, index: SearchIndex) -> None:
        self.index = index
        self.child = ChildProcess(
            (sys.executable, "-P", str(SCRIPT), str(index.folder.absolute()), index.language)
        )
        self.more, self.faults, self.batches = True, Faults(), Batches()

    def feed(self) -> None:
        """Tell what is new for a while; if there is more, be woken at once."""
        if self.faults.is_waiting:
            return
        try:
            self._feed()
        except (Fault, OSError) as fault:
            self.faults.note(fault)
        else:
            self.faults.clear()

    def _feed(self) -> None:
        until = time.monotonic() + TURN
        if not self._is_due() or (self.child.pid is None and is_taken(self.index.folder)):
            return
        if not self._begin_if_asked() or not self._is_ours():
            return
        last = settled()
        while self._go_on(last):
            if time.monotonic() >= until:
                wakeup.notify()
                return

    def close(self) -> None:
        """End the writer."""
        self.child.close()

    def _is_due(self) -> bool:
        """Whether there may be something to do, found out without the writer."""
        return self.more or self._asked.exists() or self.index.state().mark != change_feed.upper()

    @property
    def _asked(self) -> Path:
        return self.index.folder / REBUILD

    def _begin_if_asked(self) -> bool:
        """Begin anew if somebody asked for it; whether there is a writer."""
        if not self._asked.exists():
            return True
        if not self._begin():
            return False
        self._asked.unlink(missing_ok=True)
        return True

    def _begin(self) -> bool:
        """Begin anew, also with what was left out; whether there is a writer."""
        self.batches = Batches()
        return "mark" in self._ask(do="begin")

    def _is_ours(self) -> bool:
        """Begin anew if the index has read another database; whether there is a writer."""
        found = self._ask(do="look")
        if "mark" not in found:
            return False
        db.session.rollback()
        if not holds(found["mark"], found["witness"]):
            return self._begin()
        return True

    def _go_on(self, last: int) -> bool:
        """Tell one batch, and let it merge for a while; whether there is more to do.

        Merges keep pace with what is told: many small segments cost more than a few.
        """
        found = self._ask(do="look")
        if "mark" not in found:
            return False
        came_on = False
        if found["mark"] < last:
            answer = self._tell(last, **found)
            self.more = bool(answer.get("more"))
            came_on = bool(answer.get("mark") != found["mark"])
        if self.more:
            self.more = bool(self._ask(do="merge", seconds=MERGE).get("more"))
        return came_on or self.more

    def _tell(self, last: int, mark: int, witness: Witness, **_: Any) -> dict[str, Any]:
        entries = self.batches.next(mark, last)
        seen = witness_of(entries, witness)
        db.session.rollback()
        reached = entries[-1].change if entries else last
        told = {"after": mark, "mark": reached, "witness": seen, "goal": last}
        began = time.monotonic()
        try:
            answer = self._ask(do="add", entries=entries, **told)
        except Fault as fault:
            if fault.lasting or not self.batches.failed(entries):
                raise
            return {}
        self.batches.worked(entries, time.monotonic() - began)
        return answer

    def _ask(self, **request: Any) -> dict[str, Any]:
        """What the writer answers.

        Raises:
            Fault: it could not do it.
        """
        answer = self.child.request(json.dumps(request).encode(), PATIENCE)
        if answer is None:
            raise Fault("its writer ended", lasting=False)
        found: dict[str, Any] = json.loads(answer)
        if "fault" in found:
            raise Fault(found["fault"], lasting=found["lasting"])
        return found


class Rebuilding:
    """Makes the index anew, or watches another process do it; `last` is the change it ends with."""

    def __init__(self, index: SearchIndex) -> None:
        self.index, self.last = index, change_feed.upper()

    def run(self) -> Iterator[int]:
        """How far it has come, until it is there."""
        feeder, asked = Feeder(self.index), self.index.folder / REBUILD
        self.index.ask_to_rebuild()
        try:
            while asked.exists() or self.index.state().mark < self.last:
                feeder.feed()
                if not asked.exists():
                    yield min(self.index.state().mark, self.last)
                if feeder.child.pid is None or feeder.faults.is_waiting:
                    time.sleep(WATCH)
        finally:
            feeder.close()
        yield self.last


def settled() -> int:
    """The last change below which there will be no other any more; 0 if that is not known now."""
    if on_sqlite():
        return change_feed.upper()
    for _ in range(LOOKS):
        db.session.rollback()
        try:
            if db.session.scalar(no_open_writes()):
                return change_feed.upper()
        finally:
            db.session.rollback()
        time.sleep(PAUSE)
    return 0
