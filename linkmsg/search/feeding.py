"""Tells the writer of the index what changed, in batches, from where the index stands."""

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from linkmsg import bell
from linkmsg.db import db, on_sqlite
from linkmsg.models.changes import settling
from linkmsg.search import recent
from linkmsg.search.entries import Entry
from linkmsg.search.index import REBUILD, Index
from linkmsg.search.writer import is_taken
from linkmsg.storage.child import Child

SCRIPT = Path(__file__).with_name("launch.py")
# Messages and characters of a batch, and seconds that the writer may take over one.
BATCH, CHARACTERS, PATIENCE = 500, 300_000, 60.0
# So long it is told at once, so long it merges at once, and so long a slow write is waited for.
TURN, MERGE, SETTLE = 1.0, 0.2, "500ms"
# While another process writes it is looked at so often, in seconds.
WATCH = 0.2


class Feeder:
    """Keeps the index up to date. Of many only one has a writer."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.child = Child(
            (sys.executable, "-P", str(SCRIPT), str(index.folder.absolute()), index.language)
        )
        self.more = True

    def feed(self) -> None:
        """Tell what is new for a while; if there is more, be woken at once."""
        until = time.monotonic() + TURN
        if not self._is_due() or (self.child.pid is None and is_taken(self.index.folder)):
            return
        if not self._begin_if_asked():
            return
        last = settled()
        while self._go_on(last):
            if time.monotonic() >= until:
                bell.ring()
                return

    def close(self) -> None:
        """End the writer."""
        self.child.close()

    def _is_due(self) -> bool:
        """Whether there may be something to do, found out without the writer."""
        return self.more or self._asked.exists() or self.index.state().mark < recent.upper()

    @property
    def _asked(self) -> Path:
        return self.index.folder / REBUILD

    def _begin_if_asked(self) -> bool:
        """Begin anew if somebody asked for it; whether there is a writer."""
        if not self._asked.exists():
            return True
        answer = self._ask(do="begin")
        if "mark" in answer:
            self._asked.unlink(missing_ok=True)
        return "mark" in answer

    def _go_on(self, last: int) -> bool:
        """Tell one batch, or let it merge if there is none; whether there is more to do."""
        mark = self._ask(do="look").get("mark")
        if mark is None:
            return False
        if mark < last:
            answer = self._tell(mark, last)
            self.more = bool(answer.get("more"))
            return bool(answer.get("mark", 0) > mark)
        self.more = bool(self._ask(do="merge", seconds=MERGE).get("more"))
        return self.more

    def _tell(self, mark: int, last: int) -> dict[str, Any]:
        entries = _batch(recent.changed(mark, last, BATCH))
        db.session.rollback()
        reached = entries[-1].change if entries else last
        file = self.index.folder / f"batch-{os.getpid()}.json"
        told = {"after": mark, "mark": reached, "entries": entries}
        file.touch(mode=0o600)
        file.write_text(json.dumps(told))
        try:
            return self._ask(do="add", file=str(file.absolute()))
        finally:
            with suppress(OSError):
                file.unlink()

    def _ask(self, **request: Any) -> dict[str, Any]:
        answer = self.child.ask(json.dumps(request).encode(), PATIENCE)
        found: dict[str, Any] = json.loads(answer) if answer else {}
        return found


class Rebuilding:
    """Makes the index anew, or watches another process do it; `last` is the change it ends with."""

    def __init__(self, index: Index) -> None:
        self.index, self.last = index, recent.upper()

    def run(self) -> Iterator[int]:
        """How far it has come, until it is there."""
        feeder, asked = Feeder(self.index), self.index.folder / REBUILD
        self.index.ask_to_rebuild()
        try:
            while asked.exists() or self.index.state().mark < self.last:
                feeder.feed()
                if not asked.exists():
                    yield min(self.index.state().mark, self.last)
                if feeder.child.pid is None:
                    time.sleep(WATCH)
        finally:
            feeder.close()
        yield self.last


def settled() -> int:
    """The last change below which there will be no other any more."""
    if on_sqlite():
        return recent.upper()
    try:
        db.session.rollback()
        db.session.execute(text(f"SET LOCAL lock_timeout = '{SETTLE}'"))
        db.session.execute(settling())
        return recent.upper()
    except OperationalError:
        return 0
    finally:
        db.session.rollback()


def _batch(entries: list[Entry]) -> list[Entry]:
    """The first of these, as many as are not too long together."""
    length = 0
    for number, entry in enumerate(entries):
        length += len(entry.text)
        if length > CHARACTERS and number:
            return entries[:number]
    return entries
