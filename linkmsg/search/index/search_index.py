"""The index as web processes have it: read-only, and reloaded after each commit."""

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from whoosh.index import EmptyIndexError

from linkmsg.search.index import store
from linkmsg.search.index.codec import Segment
from linkmsg.search.index.columns import Columns
from linkmsg.search.index.contents import read
from linkmsg.search.index.terms import Damaged, TermsReader
from linkmsg.search.index.view import View
from linkmsg.search.unindexed import Drafts

# Seconds. A folder may change again within one tick of its modification time.
TICK = 0.05
REBUILD = "rebuild"
TRIES = 5


@dataclass(frozen=True)
class State:
    """A commit of the index: its checkpoint, its segments, and the goal of a build."""

    mark: int
    segments: list[tuple[Segment, TermsReader, Columns]]
    goal: int = 0

    @property
    def names(self) -> frozenset[str]:
        """Return the names of the segments."""
        return frozenset(segment.segid for segment, *_ in self.segments)

    def views(self, elsewhere: frozenset[int]) -> Iterator[View]:
        """Yield the views of the segments, without messages that are found elsewhere."""
        for segment, terms, columns in self.segments:
            hidden = segment.hidden
            yield View(terms, columns, segment.base, segment.newest, hidden, elsewhere)


NOTHING = State(0, [])


class SearchIndex:
    """The index in a folder; it is thread-safe."""

    def __init__(self, folder: Path, language: str) -> None:
        self.folder, self.edition = folder, store.edition(language)
        self.language = language
        self.drafts = Drafts()
        self._following = Lock()
        self._seen, self._state = 0, NOTHING
        self._given_up: frozenset[str] = frozenset()

    def state(self) -> State:
        """Return the newest commit; an empty one if there is no readable index.

        While one thread loads a new commit, the others use the previous one.
        """
        folder = self.folder / store.INDEX
        try:
            changed = folder.stat().st_mtime_ns
        except FileNotFoundError:
            self._seen, self._state = 0, NOTHING
            return NOTHING
        except OSError:
            return self._state
        if changed != self._seen and self._following.acquire(blocking=self._state is NOTHING):
            try:
                if changed != self._seen:
                    is_old = time.time() - changed / 1e9 > TICK
                    self._seen = changed if self._follow(folder) and is_old else 0
            finally:
                self._following.release()
        return self._state

    def give_up(self, state: State) -> None:
        """Drop a corrupt index and request a rebuild."""
        damaged = state.names
        if not damaged <= self._given_up:
            self._given_up, self._state, self._seen = damaged, NOTHING, 0
            self.ask_to_rebuild()

    def ask_to_rebuild(self) -> None:
        """Request a rebuild from the writer, whichever process it is in."""
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self.folder / REBUILD).touch()

    def _follow(self, folder: Path) -> bool:
        """Load the newest commit and return True; on failure keep the previous one."""
        try:
            self._state = self._newest(folder)
        except (OSError, MemoryError):
            return False
        except Exception:  # noqa: BLE001  (what another version of us wrote raises anything)
            self._state = NOTHING
            self.ask_to_rebuild()
        return True

    def _newest(self, folder: Path) -> State:
        """Load the newest commit while the writer may replace it.

        The writer may delete files of an older commit during the load. But if the reloaded table
        of contents still names a missing file, the file is lost.

        Raises:
            OSError: it can't be read at the moment.
            Damaged: a file is lost.
        """
        missing = None
        for _ in range(TRIES):
            try:
                return self._read(folder)
            except EmptyIndexError:
                return NOTHING
            except FileNotFoundError as fault:
                if fault.filename == missing:
                    raise Damaged("a file of the index is lost") from None
                missing = fault.filename
        raise BlockingIOError("the writer commits faster than this process loads")

    def _read(self, folder: Path) -> State:
        found = read(folder)
        names = {each.segid for each in found.segments}
        if found.schema.edition != self.edition or names & self._given_up:
            return NOTHING
        known = {segment.segid: opened for segment, *opened in self._state.segments}
        segments = [
            (each, *(known.get(each.segid) or (each.terms(folder), each.columns(folder))))
            for each in found.segments
        ]
        return State(found.schema.mark, segments, found.schema.goal)
