"""The index as its only writer uses it: add messages, merge segments, start over if corrupt.

A commit renames a new table of contents into place. This file lists the segments (immutable parts
of the index) and has the checkpoint, the number of the last indexed change. So a crash leaves the
index as it was at the last commit.
"""

import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from whoosh.index import TOC

from linkmsg.search.analysis.tokenizer import tokenizer_for
from linkmsg.search.index import codec, merging
from linkmsg.search.index.codec import NAME, MessageSchema, Segment
from linkmsg.search.index.contents import Contents, read
from linkmsg.search.index.fields import IndexEntry, key_of
from linkmsg.search.index.memory_segment import MemorySegment
from linkmsg.search.index.merging import Merge
from linkmsg.search.index.postings import Postings
from linkmsg.search.index.terms import TermsReader

# The version of the format. An index of another version is rebuilt.
VERSION = 5
INDEX, DAMAGED = "index", "damaged"


def edition(language: str) -> str:
    """Return what identifies an index that this code can use: its format version and language."""
    return f"{VERSION} {language}"


class Store:
    """The index in a folder, for writing; only one process at a time may have a store."""

    def __init__(self, folder: Path, language: str) -> None:
        self.folder, self.tokenizer = folder / INDEX, tokenizer_for(language)
        self.edition = edition(language)
        self.storage = Contents(str(self.folder))
        self.readers: dict[str, TermsReader] = {}
        self.merge: Merge | None = None
        self.steps: Iterator[None] = iter(())
        self.schema, self.generation = MessageSchema(self.edition), -1
        self.segments: list[Segment] = []
        self.open()

    @property
    def mark(self) -> int:
        """Return the number of the last change of a message that the index holds."""
        return int(self.schema.mark)

    def open(self) -> None:
        """Open the index on disk; start an empty one if it is missing, corrupt or incompatible.

        Raises:
            OSError: the files can't be read right now.
        """
        self._stop_merging()
        try:
            found = read(self.folder)
            if found.schema.edition != self.edition:
                self.begin()
                return
            self.schema, self.segments = found.schema, list(found.segments)
            self.generation = found.generation
            for segment in self.segments:
                self._reader(segment)
            self._clear_away()
        except FileNotFoundError:
            self.begin()
        except (OSError, MemoryError):
            raise
        except Exception:  # noqa: BLE001  (unpickling another version's data can raise anything)
            self.begin()

    def is_there(self) -> bool:
        """Return whether the file of the last commit exists; False if someone deleted the index."""
        return (self.folder / f"_{NAME}_{self.generation}.toc").exists()

    def begin(self) -> None:
        """Start an empty index in place of the old one; all messages are also in the database."""
        self._stop_merging()
        self.readers.clear()
        self.forget()
        if self.folder.exists():
            self.folder.rename(self.folder.with_name(DAMAGED))
            self.forget()
        self.folder.mkdir(mode=0o700, parents=True)
        self.schema, self.segments, self.generation = MessageSchema(self.edition), [], -1
        self._commit(self.segments, self.schema)

    def forget(self) -> None:
        """Delete the old index that `begin` moves aside, also after a crash in the middle of it."""
        aside = self.folder.with_name(DAMAGED)
        if aside.exists():
            shutil.rmtree(aside)

    def add(
        self,
        entries: Sequence[IndexEntry],
        mark: int,
        fingerprint: dict[str, Any] | None = None,
        goal: int = 0,
    ) -> None:
        """Add new and changed messages in a new segment, and commit.

        Args:
            entries: the messages; what the index has of them from before counts as deleted.
            mark: the number of the last change that the index holds afterwards.
            fingerprint: facts about the database, to notice if it is replaced by another one.
            goal: the change at which the build is complete; kept only from the first call.
        """
        schema = self.schema.copy()
        schema.mark, schema.witness = mark, fingerprint or {}
        schema.goal = schema.goal or goal
        segments = self._hiding([each.id for each in entries if each.id <= schema.newest])
        if entries:
            segment = MemorySegment(self.tokenizer, schema.next)
            for entry in sorted(entries):
                segment.add(entry)
            messages = segment.columns.messages
            newest = max(messages)
            made = Segment(schema.next, len(messages), newest)
            for _ in codec.write(self.folder, made, segment.runs(), segment.columns.pack()):
                pass
            segments.append(made)
            schema.next += made.count
            schema.newest = max(schema.newest, newest)
        self._commit(segments, schema)

    def merge_some(self, seconds: float) -> bool:
        """Merge small segments into larger ones for some seconds; return whether work is left."""
        until = time.monotonic() + seconds
        while self.merge or self._begin_merging():
            for _ in self.steps:
                if time.monotonic() >= until:
                    return True
            merge, self.merge = self.merge, None
            if merge:
                self._commit(merge.swap(self.segments), self.schema)
        return False

    def _begin_merging(self) -> bool:
        chosen = merging.choose(self.segments)
        if chosen:
            self.merge = Merge(self.folder, chosen)
            self.steps = self.merge.run()
        return bool(chosen)

    def _stop_merging(self) -> None:
        self.merge, self.steps = None, iter(())
        shutil.rmtree(self.folder / merging.DRAFTS, ignore_errors=True)

    def _hiding(self, ids: list[int]) -> list[Segment]:
        """Return the segments, with what they have of the given message ids marked as deleted."""
        found: dict[str, set[int]] = {}
        for segment in self.segments if ids else ():
            for message_id in ids:
                if value := self._reader(segment).get(key_of(message_id)):
                    found.setdefault(segment.segid, set()).update(Postings.of(value).numbers)
        return [
            each.hiding(found[each.segid]) if each.segid in found else each
            for each in self.segments
        ]

    def _reader(self, segment: Segment) -> TermsReader:
        if segment.segid not in self.readers:
            self.readers[segment.segid] = segment.terms(self.folder)
        return self.readers[segment.segid]

    def _commit(self, segments: list[Segment], schema: MessageSchema) -> None:
        generation = self.generation + 1
        TOC(schema, segments, generation).write(self.storage, NAME)
        self.segments, self.schema, self.generation = segments, schema, generation
        self._clear_away()

    def _clear_away(self) -> None:
        """Delete files of segments and commits that the newest table of contents does not list."""
        known = {str(each.segment_id()) for each in self.segments}
        newest = f"_{NAME}_{self.generation}.toc"
        for file in self.folder.iterdir():
            if file.is_file() and file.name != newest and file.name.split(".")[0] not in known:
                with suppress(OSError):
                    file.unlink()
        used = {each.segid for each in self.segments}
        self.readers = {segid: each for segid, each in self.readers.items() if segid in used}
