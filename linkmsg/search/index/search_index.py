"""The index as the web processes see it: read only, following its writer."""

import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from whoosh.index import EmptyIndexError

from linkmsg.search.analysis.tokenizer import Tokenizer, tokenizer_for
from linkmsg.search.index import store, writer
from linkmsg.search.index.codec import Segment
from linkmsg.search.index.columns import Columns
from linkmsg.search.index.contents import read
from linkmsg.search.index.memory_segment import MemorySegment
from linkmsg.search.index.searcher import Searcher
from linkmsg.search.index.terms import DamagedIndex, TermsReader
from linkmsg.search.index.view import View

# A folder changed less than this many seconds ago may change again without a new timestamp.
TICK = 0.05
REBUILD_REQUEST = "rebuild"
# How often files that disappear while they are read are looked for again.
TRIES = 5
WRITER_SCRIPT = Path(__file__).with_name("launch.py")


@dataclass(frozen=True)
class IndexState:
    """The segments of the index at one moment, and the last change that they hold.

    `rebuild_target` is the change at which an index under construction is complete.
    """

    checkpoint: int
    segments: list[tuple[Segment, TermsReader, Columns]]
    rebuild_target: int = 0

    @property
    def names(self) -> frozenset[str]:
        """Return the names of the segments."""
        return frozenset(segment.segid for segment, *_ in self.segments)

    def searcher(self, unindexed: MemorySegment, ids: frozenset[int]) -> Searcher:
        """Return a searcher over these segments and one in memory.

        Args:
            unindexed: messages that this state does not hold as they are now.
            ids: the messages that are not searched as this state holds them.
        """
        return Searcher([unindexed.view(max(ids, default=0)), *self.views(ids)])

    def views(self, elsewhere: frozenset[int]) -> Iterator[View]:
        """Yield the segments to search, without the messages that are searched elsewhere."""
        for segment, terms, columns in self.segments:
            hidden = segment.hidden
            yield View(terms, columns, segment.base, segment.newest, hidden, elsewhere)


EMPTY_STATE = IndexState(0, [])


class SearchIndex:
    """The index in a folder, shared by the threads of a process."""

    def __init__(self, folder: Path, language: str) -> None:
        self.folder, self.edition = folder, store.edition(language)
        self.language = language
        self._following = Lock()
        self._seen, self._state = 0, EMPTY_STATE
        self._discarded: frozenset[str] = frozenset()

    @property
    def tokenizer(self) -> Tokenizer:
        """Return the tokenizer of its language."""
        return tokenizer_for(self.language)

    def state(self) -> IndexState:
        """Return the newest state, which is empty while no index can be read.

        While one thread reads a new state, the others get the one before.
        """
        folder = self.folder / store.INDEX
        try:
            changed = folder.stat().st_mtime_ns
        except FileNotFoundError:
            self._seen, self._state = 0, EMPTY_STATE
            return EMPTY_STATE
        except OSError:
            return self._state
        if changed != self._seen and self._following.acquire(blocking=self._state is EMPTY_STATE):
            try:
                if changed != self._seen:
                    is_old = time.time() - changed / 1e9 > TICK
                    self._seen = changed if self._follow(folder) and is_old else 0
            finally:
                self._following.release()
        return self._state

    def discard(self, state: IndexState) -> None:
        """Stop using a damaged state and request a rebuild."""
        damaged = state.names
        if not damaged <= self._discarded:
            self._discarded, self._state, self._seen = damaged, EMPTY_STATE, 0
            self.request_rebuild()

    def request_rebuild(self) -> None:
        """Ask the writer to rebuild the index, in whichever process it runs."""
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._rebuild_request.touch()

    def is_rebuild_requested(self) -> bool:
        """Return whether a rebuild was requested and has not begun."""
        return self._rebuild_request.exists()

    def clear_rebuild_request(self) -> None:
        """Record that the requested rebuild has begun."""
        self._rebuild_request.unlink(missing_ok=True)

    def is_writing(self) -> bool:
        """Return whether any process is writing the index."""
        return writer.is_writing(self.folder)

    def writer_command(self) -> tuple[str, ...]:
        """Return the command that starts the writer process."""
        folder = str(self.folder.absolute())
        return (sys.executable, "-P", str(WRITER_SCRIPT), folder, self.language)

    @property
    def _rebuild_request(self) -> Path:
        return self.folder / REBUILD_REQUEST

    def _follow(self, folder: Path) -> bool:
        """Read the newest state; on failure keep the one before and return False."""
        try:
            self._state = self._newest(folder)
        except (OSError, MemoryError):
            return False
        except Exception:  # noqa: BLE001  (files of another version raise anything)
            self._state = EMPTY_STATE
            self.request_rebuild()
        return True

    def _newest(self, folder: Path) -> IndexState:
        """Read the state of a folder while the writer may be changing it.

        The writer removes files that a newer table of contents does not name. A missing file is
        lost only if the table, read again, still names it.

        Raises:
            OSError: it can't be read now.
            DamagedIndex: a file is lost.
        """
        missing = None
        for _ in range(TRIES):
            try:
                return self._read(folder)
            except EmptyIndexError:
                return EMPTY_STATE
            except FileNotFoundError as error:
                if error.filename == missing:
                    raise DamagedIndex("a file of the index is lost") from None
                missing = error.filename
        raise BlockingIOError("the index changes faster than it can be read")

    def _read(self, folder: Path) -> IndexState:
        contents = read(folder)
        names = {each.segid for each in contents.segments}
        if contents.schema.edition != self.edition or names & self._discarded:
            return EMPTY_STATE
        known = {segment.segid: opened for segment, *opened in self._state.segments}
        segments = [
            (each, *(known.get(each.segid) or (each.terms(folder), each.columns(folder))))
            for each in contents.segments
        ]
        return IndexState(contents.schema.mark, segments, contents.schema.goal)
