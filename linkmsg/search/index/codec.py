"""The codec that tells Whoosh the format of the index; a term's key contains a member's id.

Whoosh's own format has a hash table of all terms, and pickled postings (the messages that contain a
term). With a member's id in every key there are many terms with few messages each: the index was
ten times as large, and merging had to decode all postings. Here terms are in compressed blocks, and
a merge concatenates the encoded postings. Whoosh's readers, queries and scorers still work.
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
    """A part of the index: `count` messages, numbered from `base`; `newest` is the highest id.

    `hidden` are the numbers of deleted messages: they changed, and a newer segment has them as they
    are now. Of these, `purged` are the ones that a merge has removed from the files as well.
    """

    def __init__(self, base: int, count: int, newest: int) -> None:
        super().__init__(NAME)
        self.base, self.count, self.newest = base, count, newest
        self.hidden: frozenset[int] = frozenset()
        self.purged: frozenset[int] = frozenset()

    def codec(self, **_: Any) -> "Codec":
        """Return the object with which Whoosh reads this segment."""
        return Codec()

    def doc_count_all(self) -> int:
        """Return the number of messages, including deleted ones."""
        return self.count

    def deleted_count(self) -> int:
        """Return the number of messages that are deleted from this segment."""
        return len(self.hidden)

    def deleted_docs(self) -> Iterator[int]:
        """Yield the numbers of deleted messages as Whoosh counts them: from 0 in each segment."""
        return (number - self.base for number in self.hidden)

    def is_deleted(self, docnum: int) -> bool:
        """Return whether a message is deleted; it is numbered from 0 in this segment."""
        return docnum + self.base in self.hidden

    def hiding(self, numbers: Iterable[int]) -> "Segment":
        """Return a copy in which the messages with these numbers are deleted too."""
        other = copy(self)
        other.hidden = self.hidden.union(numbers)
        return other

    def file(self, folder: Path, kind: str) -> Path:
        """Return the path of a file of this segment; `kind` is its extension, such as ".trm"."""
        return folder / str(self.make_filename(kind))

    def terms(self, folder: Path) -> TermsReader:
        """Open the file with the terms (the words and other keys that can be searched for).

        Raises:
            DamagedIndex: the file is corrupt.
        """
        return TermsReader(self.file(folder, TERMS))

    def columns(self, folder: Path) -> Columns:
        """Read the file with the id, the time and the number of words of each message.

        Raises:
            DamagedIndex: the file is corrupt.
        """
        return Columns.of(self.file(folder, COLUMNS).read_bytes(), self.count)


def write(folder: Path, segment: Segment, terms: Iterable[Run], packed: bytes) -> Iterator[None]:
    """Write the two files of a segment to disk, the terms in blocks; yield after each block.

    A merge stops between two blocks when its time is up, and goes on later. `packed` are the
    encoded columns: the id, the time and the number of words of each message.
    """
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
    """Whoosh's interface for reading segments; the function `write` writes them."""

    length_stats = False

    def terms_reader(self, storage: FileStorage, segment: Segment) -> Terms:
        """Return an adapter with which Whoosh reads the terms of a segment."""
        return Terms(segment, Path(storage.folder))

    def per_document_reader(self, storage: FileStorage, segment: Segment) -> Documents:
        """Return an adapter with which Whoosh reads the ids and lengths of messages."""
        return Documents(segment, Path(storage.folder))

    def new_segment(self, storage: FileStorage, indexname: str) -> Segment:
        """Return a segment without messages."""
        return Segment(0, 0, 0)


class Places(Format):  # type: ignore[misc]
    """Decodes the positions of a term in one message for Whoosh: two bytes each."""

    def decode_positions(self, packed: bytes) -> list[int]:
        """Return the positions of the term, counted in words."""
        return list(array("H", packed))

    def decode_frequency(self, packed: bytes) -> int:
        """Return how often the term is in the message: the number of its positions."""
        return len(packed) // 2


class Scoped(FieldType):  # type: ignore[misc]
    """Whoosh's description of a field, whose terms are bytes such as `7␟hello` for member 7."""

    scorable, stored, unique, vector = True, False, False, None
    column_type, sortable_typecode, spelling = None, None, False
    multitoken_query, analyzer = "default", None

    def __init__(self) -> None:
        self.format = Places()

    def to_bytes(self, value: bytes) -> bytes:
        """Return a term as it is stored: unchanged."""
        return value

    def from_bytes(self, value: bytes) -> bytes:
        """Return a stored term as it is searched for: unchanged."""
        return value


class MessageSchema(Schema):  # type: ignore[misc]
    """Whoosh's schema, with facts about the whole index; saved in every commit.

    `mark` is the number of the last change of a message that the index holds. `next` is the next
    message number to give out, `newest` the highest message id, `edition` the format version and
    the language. `witness` identifies the database that the messages come from (see
    `linkmsg.search.feed.fingerprint`). The index is complete once `mark` has reached `goal`.
    """

    def __init__(self, edition: str) -> None:
        super().__init__(**{name: Scoped() for name in FIELDS})
        self.edition, self.mark, self.next, self.newest = edition, 0, 0, 0
        self.witness: dict[str, Any] = {}
        self.goal = 0

    def copy(self) -> "MessageSchema":
        """Return a copy; changing it leaves the last commit as it is."""
        made = MessageSchema(self.edition)
        made.mark, made.next, made.newest = self.mark, self.next, self.newest
        made.witness, made.goal = self.witness, self.goal
        return made
