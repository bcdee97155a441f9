"""The index as its one writer has it: takes messages in, merges, and begins anew when it is lost.

Everything becomes known in one step, when Whoosh's table of contents is renamed: the segments,
and in its schema how far the index has come. So after any end it is as it was at some moment.
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

# How the index is made. What was made otherwise is made anew.
VERSION = 4
INDEX, DAMAGED = "index", "damaged"


def edition(language: str) -> str:
    """How an index of this language is made."""
    return f"{VERSION} {language}"


class Store:
    """The index in a folder. One process at a time has this."""

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
        """The last change that the index knows."""
        return int(self.schema.mark)

    def open(self) -> None:
        """See what is there; begin anew if that is damaged, or was made otherwise.

        Raises:
            OSError: it can't be read now.
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
        except Exception:  # noqa: BLE001  (what another version of us wrote raises anything)
            self.begin()

    def is_there(self) -> bool:
        """Whether the folder still holds what was written last."""
        return (self.folder / f"_{NAME}_{self.generation}.toc").exists()

    def begin(self) -> None:
        """Begin with nothing. Nothing is left of what was there: it is a copy of what was said."""
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
        """Remove what was there before this began, should that have been interrupted."""
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
        """Take messages in, also such as have changed, and with them all changes up to a mark.

        The first time `goal` is the change at which the index will be whole.
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
        """Merge for so long; whether there is more to merge."""
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
        """The segments, in which these messages are hidden as they were before."""
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
        """Remove what the newest table of contents does not name."""
        known = {str(each.segment_id()) for each in self.segments}
        newest = f"_{NAME}_{self.generation}.toc"
        for file in self.folder.iterdir():
            if file.is_file() and file.name != newest and file.name.split(".")[0] not in known:
                with suppress(OSError):
                    file.unlink()
        used = {each.segid for each in self.segments}
        self.readers = {segid: each for segid, each in self.readers.items() if segid in used}
