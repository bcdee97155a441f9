"""The index as the web processes have it: read only, and followed as its writer goes on."""

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

# A folder that was changed so lately may be changed again within the same tick of its clock.
TICK = 0.05
REBUILD = "rebuild"
TRIES = 5


@dataclass(frozen=True)
class State:
    """How far the index has come, its segments, and up to which change it is being built."""

    mark: int
    segments: list[tuple[Segment, TermsReader, Columns]]
    goal: int = 0

    @property
    def names(self) -> frozenset[str]:
        """What its segments are called."""
        return frozenset(segment.segid for segment, *_ in self.segments)

    def views(self, elsewhere: frozenset[int]) -> Iterator[View]:
        """The segments as they are searched, without messages that are looked at elsewhere."""
        for segment, terms, columns in self.segments:
            hidden = segment.hidden
            yield View(terms, columns, segment.base, segment.newest, hidden, elsewhere)


NOTHING = State(0, [])


class SearchIndex:
    """Reads the index in a folder; used by many threads."""

    def __init__(self, folder: Path, language: str) -> None:
        self.folder, self.edition = folder, store.edition(language)
        self.language = language
        self.drafts = Drafts()
        self._following = Lock()
        self._seen, self._state = 0, NOTHING
        self._given_up: frozenset[str] = frozenset()

    def state(self) -> State:
        """What the index is now; nothing while there is none that can be read.

        While one thread reads what is new the others go on with what was there before.
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
        """Look no more at an index that is damaged, and let it be made anew."""
        damaged = state.names
        if not damaged <= self._given_up:
            self._given_up, self._state, self._seen = damaged, NOTHING, 0
            self.ask_to_rebuild()

    def ask_to_rebuild(self) -> None:
        """Let the writer make the index anew, whichever process it is."""
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self.folder / REBUILD).touch()

    def _follow(self, folder: Path) -> bool:
        """Read what is newest; whether that is done. Else what was read before stays."""
        try:
            self._state = self._newest(folder)
        except (OSError, MemoryError):
            return False
        except Exception:  # noqa: BLE001  (what another version of us wrote raises anything)
            self._state = NOTHING
            self.ask_to_rebuild()
        return True

    def _newest(self, folder: Path) -> State:
        """What is in the folder while the writer goes on there.

        It may remove what is read for what is newer still. But a file that is not there is lost
        if the table of contents, read again, still names it.

        Raises:
            OSError: it can't be read just now.
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
        raise BlockingIOError("the writer is quicker than who reads")

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
