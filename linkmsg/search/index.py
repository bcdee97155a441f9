"""The index as the web processes have it: read only, and followed as its writer goes on."""

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from whoosh.index import EmptyIndexError

from linkmsg.search import store
from linkmsg.search.codec import Segment
from linkmsg.search.columns import Columns
from linkmsg.search.pending import Drafts
from linkmsg.search.terms import TermsReader
from linkmsg.search.view import View

# A folder that was changed so lately may be changed again within the same tick of its clock.
TICK = 0.05
REBUILD = "rebuild"
TRIES = 5


@dataclass(frozen=True)
class State:
    """How far the index has come, and its segments."""

    mark: int
    segments: list[tuple[Segment, TermsReader, Columns]]

    def views(self, elsewhere: frozenset[int]) -> Iterator[View]:
        """The segments as they are searched, without messages that are looked at elsewhere."""
        for segment, terms, columns in self.segments:
            hidden = segment.hidden
            yield View(terms, columns, segment.base, segment.newest, hidden, elsewhere)


NOTHING = State(0, [])


class Index:
    """Reads the index in a folder; used by many threads."""

    def __init__(self, folder: Path, language: str) -> None:
        self.folder, self.edition = folder, store.edition(language)
        self.language = language
        self.drafts = Drafts()
        self._lock = Lock()
        self._seen, self._state = 0, NOTHING

    def state(self) -> State:
        """What the index is now; nothing while there is none that can be read."""
        folder = self.folder / store.INDEX
        with self._lock:
            try:
                changed = folder.stat().st_mtime_ns
            except OSError:
                self._seen, self._state = 0, NOTHING
                return NOTHING
            if changed != self._seen:
                self._follow(folder)
                is_old = time.time() - changed / 1e9 > TICK
                self._seen = changed if is_old else 0
            return self._state

    def give_up(self) -> None:
        """Let the index be made anew: it can't be read."""
        self._seen, self._state = 0, NOTHING
        self.ask_to_rebuild()

    def ask_to_rebuild(self) -> None:
        """Let the writer make the index anew, whichever process it is."""
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self.folder / REBUILD).touch()

    def _follow(self, folder: Path) -> None:
        """Read what is newest; the writer may remove it for what is newer still meanwhile."""
        for _ in range(TRIES):
            try:
                self._state = self._read(folder)
            except EmptyIndexError:
                self._state = NOTHING
            except FileNotFoundError:
                continue
            except Exception:  # noqa: BLE001  (a pickle that was cut raises anything)
                break
            return
        self._state = NOTHING
        self.ask_to_rebuild()

    def _read(self, folder: Path) -> State:
        found = store.read(folder)
        if found.schema.edition != self.edition:
            return NOTHING
        known = {segment.segid: opened for segment, *opened in self._state.segments}
        segments = [
            (each, *(known.get(each.segid) or (each.terms(folder), each.columns(folder))))
            for each in found.segments
        ]
        return State(found.schema.mark, segments)
