"""The Whoosh codec of the index: segments in a file format for terms that are scoped by member.

Whoosh's own codec has a hash table of all terms, and pickled postings. With a member in every
term there are many terms with short postings: it was ten times as large, and merging had to
decode each posting. Here terms are in compressed blocks, and a merge concatenates the encoded
postings. Whoosh's readers, queries and scorers still work on it.
"""

from array import array
from collections.abc import Iterable, Iterator
from copy import copy
from pathlib import Path
from typing import Any

from whoosh.codec import base
from whoosh.fields import FieldType, Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.formats import Format

from linkmsg.search.index.bridge import FIELDS, Documents, Terms
from linkmsg.search.index.columns import COLUMNS, TERMS, Columns
from linkmsg.search.index.gathering import Run
from linkmsg.search.index.terms import TermsReader, TermsWriter
from linkmsg.storage.fsync import flush_to_disk

NAME = "MESSAGES"
# Bytes between two flushes to disk.
SYNCED = 4 * 1024 * 1024


class Segment(base.Segment):  # type: ignore[misc]
    """A segment: documents with consecutive numbers from `base`; `newest` is the highest id.

    `hidden` are the numbers of deleted documents: messages that changed later, and are indexed
    again in a newer segment. The terms have no postings of the `purged` ones any more.
    """

    def __init__(self, base: int, count: int, newest: int) -> None:
        super().__init__(NAME)
        self.base, self.count, self.newest = base, count, newest
        self.hidden: frozenset[int] = frozenset()
        self.purged: frozenset[int] = frozenset()

    def codec(self, **_: Any) -> "Codec":
        """Return the codec that reads this segment."""
        return Codec()

    def doc_count_all(self) -> int:
        """Return the number of documents, including deleted ones."""
        return self.count

    def deleted_count(self) -> int:
        """Return the number of deleted documents."""
        return len(self.hidden)

    def deleted_docs(self) -> Iterator[int]:
        """Return the deleted documents in Whoosh's numbering, from 0 in each segment."""
        return (number - self.base for number in self.hidden)

    def is_deleted(self, docnum: int) -> bool:
        """Return whether a document is deleted."""
        return docnum + self.base in self.hidden

    def hiding(self, numbers: Iterable[int]) -> "Segment":
        """Return a copy with more deleted documents."""
        other = copy(self)
        other.hidden = self.hidden.union(numbers)
        return other

    def file(self, folder: Path, kind: str) -> Path:
        """Return the path of a file of this segment."""
        return folder / str(self.make_filename(kind))

    def terms(self, folder: Path) -> TermsReader:
        """Open the term dictionary.

        Raises:
            DamagedIndex: the file is corrupt.
        """
        return TermsReader(self.file(folder, TERMS))

    def columns(self, folder: Path) -> Columns:
        """Read the columns.

        Raises:
            DamagedIndex: the file is corrupt.
        """
        return Columns.of(self.file(folder, COLUMNS).read_bytes(), self.count)


def write(folder: Path, segment: Segment, terms: Iterable[Run], packed: bytes) -> Iterator[None]:
    """Write the files of a segment to disk; yield after each block, so a merge can pause."""
    with segment.file(folder, COLUMNS).open("wb") as file:
        file.write(packed)
        flush_to_disk(file)
    synced = 0
    with segment.file(folder, TERMS).open("wb") as file:
        for _ in TermsWriter(file).write(terms):
            if file.tell() - synced > SYNCED:  # small flushes, so that no step takes long
                synced = file.tell()
                flush_to_disk(file)
            yield
        flush_to_disk(file)


class Codec(base.Codec):  # type: ignore[misc]
    """Reads segments for Whoosh; the function `write` writes them."""

    length_stats = False

    def terms_reader(self, storage: FileStorage, segment: Segment) -> Terms:
        """Return Whoosh's view of the terms of a segment."""
        return Terms(segment, Path(storage.folder))

    def per_document_reader(self, storage: FileStorage, segment: Segment) -> Documents:
        """Return Whoosh's view of the documents of a segment."""
        return Documents(segment, Path(storage.folder))

    def new_segment(self, storage: FileStorage, indexname: str) -> Segment:
        """Return an empty segment."""
        return Segment(0, 0, 0)


class Places(Format):  # type: ignore[misc]
    """Whoosh's posting format for the positions of a term: two bytes each."""

    def decode_positions(self, packed: bytes) -> list[int]:
        """Return the positions."""
        return list(array("H", packed))

    def decode_frequency(self, packed: bytes) -> int:
        """Return the number of positions."""
        return len(packed) // 2


class Scoped(FieldType):  # type: ignore[misc]
    """A field whose terms are bytes with a member's scope."""

    scorable, stored, unique, vector = True, False, False, None
    column_type, sortable_typecode, spelling = None, None, False
    multitoken_query, analyzer = "default", None

    def __init__(self) -> None:
        self.format = Places()

    def to_bytes(self, value: bytes) -> bytes:
        """Return a term as it is stored: unchanged."""
        return value

    def from_bytes(self, value: bytes) -> bytes:
        """Return a stored term: unchanged."""
        return value


class MessageSchema(Schema):  # type: ignore[misc]
    """The metadata of the index, committed together with its segments.

    `mark` is the checkpoint: the number of the last indexed change. `next` is the next document
    number, `newest` the highest message id, `edition` the format version and the language.
    `witness` identifies the database that the messages come from (see
    `linkmsg.search.feed.fingerprint`), and `goal` is the change at which a build is complete.
    """

    def __init__(self, edition: str) -> None:
        super().__init__(**{name: Scoped() for name in FIELDS})
        self.edition, self.mark, self.next, self.newest = edition, 0, 0, 0
        self.witness: dict[str, Any] = {}
        self.goal = 0

    def copy(self) -> "MessageSchema":
        """Return a copy that can be changed."""
        made = MessageSchema(self.edition)
        made.mark, made.next, made.newest = self.mark, self.next, self.newest
        made.witness, made.goal = self.witness, self.goal
        return made
