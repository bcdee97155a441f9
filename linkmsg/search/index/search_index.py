"""The search index as the web processes use it: they only read it and notice new commits."""

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
# How many times everything is read again because a file disappeared meanwhile.
TRIES = 5
WRITER_SCRIPT = Path(__file__).with_name("launch.py")


@dataclass(frozen=True)
class IndexState:
    """The segments (parts of the index, in files of their own) at one moment.

    `checkpoint` is the number of the last change of a message that they hold. While it is below
    `rebuild_target`, the index is still being built from the database.
    """

    checkpoint: int
    segments: list[tuple[Segment, TermsReader, Columns]]
    rebuild_target: int = 0

    @property
    def names(self) -> frozenset[str]:
        """Return the unique names of the segments, from which their file names are made."""
        return frozenset(segment.segid for segment, *_ in self.segments)

    def searcher(self, unindexed: MemorySegment, ids: frozenset[int]) -> Searcher:
        """Return a searcher over these segments and one in memory, which has newer messages.

        Args:
            unindexed: messages that this state lacks, or holds as they were before an edit.
            ids: message ids to ignore in this state, because they have changed since.
        """
        return Searcher([unindexed.view(max(ids, default=0)), *self.views(ids)])

    def views(self, elsewhere: frozenset[int]) -> Iterator[View]:
        """Yield each segment as a search reads it: without deleted messages and the given ids."""
        for segment, terms, columns in self.segments:
            hidden = segment.hidden
            yield View(terms, columns, segment.base, segment.newest, hidden, elsewhere)


EMPTY_STATE = IndexState(0, [])


class SearchIndex:
    """The index in a folder, for reading; the threads of a process share one object."""

    def __init__(self, folder: Path, language: str) -> None:
        self.folder, self.edition = folder, store.edition(language)
        self.language = language
        self._following = Lock()
        self._seen, self._state = 0, EMPTY_STATE
        self._discarded: frozenset[str] = frozenset()

    @property
    def tokenizer(self) -> Tokenizer:
        """Return the tokenizer of the index's language, which queries must use as well."""
        return tokenizer_for(self.language)

    def state(self) -> IndexState:
        """Return the newest state of the index; an empty one if there is no readable index.

        While one thread reads a new state, the others get the one before, if there is one. So do
        all when the files can't be read right now.
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
                    is_old = abs(time.time() - changed / 1e9) > TICK
                    self._seen = changed if self._follow(folder) and is_old else 0
            finally:
                self._following.release()
        return self._state

    def discard(self, state: IndexState) -> None:
        """Stop using a state with corrupt files, and request a rebuild; once for the same files."""
        damaged = state.names
        if not damaged <= self._discarded:
            self._discarded, self._state, self._seen = damaged, EMPTY_STATE, 0
            self.request_rebuild()

    def request_rebuild(self) -> None:
        """Ask for a rebuild of the index, by creating a file that the indexer looks for."""
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._rebuild_request.touch()

    def is_rebuild_requested(self) -> bool:
        """Return whether a rebuild was requested that no process has begun yet."""
        return self._rebuild_request.exists()

    def clear_rebuild_request(self) -> None:
        """Delete the file that requests a rebuild, because the rebuild has begun."""
        self._rebuild_request.unlink(missing_ok=True)

    def is_writing(self) -> bool:
        """Return whether any process holds the writer's lock on this index."""
        return writer.is_writing(self.folder)

    def writer_command(self) -> tuple[str, ...]:
        """Return the command line that starts the writer process, as a tuple of arguments."""
        folder = str(self.folder.absolute())
        return (sys.executable, "-P", str(WRITER_SCRIPT), folder, self.language)

    @property
    def _rebuild_request(self) -> Path:
        return self.folder / REBUILD_REQUEST

    def _follow(self, folder: Path) -> bool:
        """Read the newest state into `_state`; return False if the files can't be read right now.

        In that case the state before is kept. If the files are corrupt, the state is empty and a
        rebuild is requested.
        """
        try:
            self._state = self._newest(folder)
        except (OSError, MemoryError):
            return False
        except Exception:  # noqa: BLE001  (files of another version raise anything)
            self._state = EMPTY_STATE
            self.request_rebuild()
        return True

    def _newest(self, folder: Path) -> IndexState:
        """Return the newest state, read from a folder that the writer may be changing.

        A commit writes a new table of contents (the file that lists the segments), and then deletes
        files that it does not list. So if a file is missing, everything is read again; the file is
        lost only if it is missing twice in a row.

        Raises:
            OSError: the files can't be read right now.
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
