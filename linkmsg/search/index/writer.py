"""The index writer: the only process that writes the index. Requests and answers are JSON lines.

The request `add` has the messages that changed since the last indexed change; `merge` joins small
segments (parts of the index) for some seconds; `begin` starts an empty index; `status` only asks
for the answer.

An answer has `mark`, the number of the last indexed change; `fingerprint`, facts about the
database; and `more`, whether work may be left to merge. If another process is the writer, it is
only `busy`. After an error it has a `fault`, which is `lasting` if the disk or memory is to blame
and not the request. Without `begin`, the index is discarded only if it is corrupt or incompatible.
"""

import fcntl
import gc
import json
import os
import sys
from pathlib import Path
from traceback import extract_tb
from typing import Any

from linkmsg.search.index.fields import IndexEntry
from linkmsg.search.index.store import Store
from linkmsg.search.index.terms import DamagedIndex

LOCK = "lock"


def main() -> None:
    """Answer requests from standard input until it ends; `sys.argv` has the folder and language."""
    os.nice(5)  # web requests take precedence
    gc.set_threshold(200_000, 20, 100)  # many objects, without reference cycles
    desk = Desk(Path(sys.argv[1]), sys.argv[2])
    for line in sys.stdin.buffer:
        answer = desk.answer(json.loads(line))
        try:
            os.write(sys.stdout.fileno(), json.dumps(answer).encode() + b"\n")
        except BrokenPipeError:
            return  # the server was killed


class Desk:
    """Answers the requests of the app; opens the index only once it holds the writer's lock."""

    def __init__(self, folder: Path, language: str) -> None:
        self.folder, self.language = folder, language
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.lock = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        self.store: Store | None = None

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to a request; after an error the next one opens the index again."""
        try:
            return self._answer(request)
        except Exception as fault:  # noqa: BLE001  (any error is reported)
            self.store = None
            return {"fault": _told(fault), "lasting": isinstance(fault, OSError | MemoryError)}

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        store = self._open()
        if store is None:
            return {"busy": True}
        try:
            more = self._do(store, request)
        except (DamagedIndex, FileNotFoundError):
            store.begin()
            more = False
        return {"mark": store.mark, "fingerprint": store.schema.witness, "more": more}

    def _open(self) -> Store | None:
        if self.store is None:
            try:
                fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return None
            self.store = Store(self.folder, self.language)
            self.store.forget()
        elif not self.store.is_there():
            self.store.open()
        return self.store

    def _do(self, store: Store, request: dict[str, Any]) -> bool:
        match request["do"]:
            case "add":
                if request["after"] == store.mark:
                    entries = [IndexEntry(*each) for each in request["entries"]]
                    store.add(entries, request["mark"], request["fingerprint"], request["goal"])
                return True
            case "merge":
                return store.merge_some(request["seconds"])
            case "begin":
                store.begin()
        return False


def _told(fault: Exception) -> str:
    """Return the type of an error, its reason if from the system, and its file and line.

    The message of the error is left out: it may quote text that members wrote.
    """
    where = extract_tb(fault.__traceback__)[-1]
    reason = fault.strerror if isinstance(fault, OSError) else ""
    return f"{type(fault).__name__} {reason or ''} ({Path(where.filename).name}:{where.lineno})"


def is_writing(folder: Path) -> bool:
    """Return whether any process holds the writer's lock on the index in a folder."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False
