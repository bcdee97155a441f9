"""How our index is kept in Whoosh: its segments, in files that suit terms with scopes.

Whoosh's own codec keeps a hash of all terms and a pickle for each list of postings. With a
scope in every term most lists are short and the terms are many, so that was ten times as
large, and to merge it meant to take every posting apart. Here terms stand in packed blocks,
and what two segments know of a term is joined as it is. Whoosh's readers, queries and scorers
work on it as on any other.
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
from linkmsg.storage.durable import flush

NAME = "MESSAGES"
# Bytes of a file that are brought to the disk at once.
SYNCED = 4 * 1024 * 1024


class Segment(base.Segment):  # type: ignore[misc]
    """Some messages of the index: their numbers begin with `base`, `newest` is the highest id.

    `hidden` are the numbers of those that were changed since, and are kept anew elsewhere;
    of the `purged` among them there is nothing left in its terms.
    """

    def __init__(self, base: int, count: int, newest: int) -> None:
        super().__init__(NAME)
        self.base, self.count, self.newest = base, count, newest
        self.hidden: frozenset[int] = frozenset()
        self.purged: frozenset[int] = frozenset()

    def codec(self, **_: Any) -> "Codec":
        """What reads it."""
        return Codec()

    def doc_count_all(self) -> int:
        """How many messages it has, the hidden ones too."""
        return self.count

    def deleted_count(self) -> int:
        """How many are hidden."""
        return len(self.hidden)

    def deleted_docs(self) -> Iterator[int]:
        """The hidden ones, as Whoosh counts: from 0 in each segment."""
        return (number - self.base for number in self.hidden)

    def is_deleted(self, docnum: int) -> bool:
        """Whether one is hidden."""
        return docnum + self.base in self.hidden

    def hiding(self, numbers: Iterable[int]) -> "Segment":
        """The same, with more hidden."""
        other = copy(self)
        other.hidden = self.hidden.union(numbers)
        return other

    def file(self, folder: Path, kind: str) -> Path:
        """Where a file of it is."""
        return folder / str(self.make_filename(kind))

    def terms(self, folder: Path) -> TermsReader:
        """Its terms.

        Raises:
            Damaged: the file is not what was written.
        """
        return TermsReader(self.file(folder, TERMS))

    def columns(self, folder: Path) -> Columns:
        """What is known of each of its messages.

        Raises:
            Damaged: the file is not what was written.
        """
        return Columns.of(self.file(folder, COLUMNS).read_bytes(), self.count)


def write(folder: Path, segment: Segment, terms: Iterable[Run], packed: bytes) -> Iterator[None]:
    """Write the files of a segment to the disk, with a halt after each block."""
    with segment.file(folder, COLUMNS).open("wb") as file:
        file.write(packed)
        flush(file)
    synced = 0
    with segment.file(folder, TERMS).open("wb") as file:
        for _ in TermsWriter(file).write(terms):
            if file.tell() - synced > SYNCED:  # a little at a time, so none takes long
                synced = file.tell()
                flush(file)
            yield
        flush(file)


class Codec(base.Codec):  # type: ignore[misc]
    """Reads segments for Whoosh. They are written by `write`, without taking postings apart."""

    length_stats = False

    def terms_reader(self, storage: FileStorage, segment: Segment) -> Terms:
        """The terms of a segment."""
        return Terms(segment, Path(storage.folder))

    def per_document_reader(self, storage: FileStorage, segment: Segment) -> Documents:
        """What is known of each message of a segment."""
        return Documents(segment, Path(storage.folder))

    def new_segment(self, storage: FileStorage, indexname: str) -> Segment:
        """A segment without anything."""
        return Segment(0, 0, 0)


class Places(Format):  # type: ignore[misc]
    """Whoosh's view of the places at which a term stands: two bytes each."""

    def decode_positions(self, packed: bytes) -> list[int]:
        """The places."""
        return list(array("H", packed))

    def decode_frequency(self, packed: bytes) -> int:
        """How many they are."""
        return len(packed) // 2


class Scoped(FieldType):  # type: ignore[misc]
    """A field whose terms are bytes with a scope."""

    scorable, stored, unique, vector = True, False, False, None
    column_type, sortable_typecode, spelling = None, None, False
    multitoken_query, analyzer = "default", None

    def __init__(self) -> None:
        self.format = Places()

    def to_bytes(self, value: bytes) -> bytes:
        """A term as it is kept."""
        return value

    def from_bytes(self, value: bytes) -> bytes:
        """A term as it is asked for."""
        return value


class MessageSchema(Schema):  # type: ignore[misc]
    """What stands in the index beside its segments, written with them in one step.

    `mark` is the number of the last change that it knows, `next` the next number of a message,
    `newest` the highest id of a message; `edition` says how it was made and in which language.
    `witness` is the fingerprint of its database (see `linkmsg.search.feed.fingerprint`), and `goal`
    the change up to which it is being built.
    """

    def __init__(self, edition: str) -> None:
        super().__init__(**{name: Scoped() for name in FIELDS})
        self.edition, self.mark, self.next, self.newest = edition, 0, 0, 0
        self.witness: dict[str, Any] = {}
        self.goal = 0

    def copy(self) -> "MessageSchema":
        """Another that can be changed."""
        made = MessageSchema(self.edition)
        made.mark, made.next, made.newest = self.mark, self.next, self.newest
        made.witness, made.goal = self.witness, self.goal
        return made
