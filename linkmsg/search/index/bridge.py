"""Adapters that let Whoosh's readers, queries and scorers work on our segments.

linkmsg's own searches read the files directly, which is faster. Tests use these adapters to
check that Whoosh finds the same, and the index can be opened with Whoosh's tools.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whoosh.codec import base
from whoosh.formats import Format
from whoosh.matching import ListMatcher, NullMatcher
from whoosh.reading import TermInfo

from linkmsg.search.index.fields import KEYWORD, MESSAGE, SURFACE, TEXT
from linkmsg.search.index.postings import Postings

if TYPE_CHECKING:
    from linkmsg.search.index.codec import Segment

FIELDS = {"text": TEXT, "surface": SURFACE, "fact": KEYWORD, "message": MESSAGE}
NAMES = {letter: name for name, letter in FIELDS.items()}


class Terms(base.TermsReader):  # type: ignore[misc]
    """Whoosh's view of the term dictionary of a segment."""

    def __init__(self, segment: "Segment", folder: Path) -> None:
        self.segment = segment
        self.reader = segment.terms(folder)

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return self._value(*term) is not None

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """Yield all terms."""
        runs = self.reader.runs()
        return ((NAMES[chr(key[0])], key[1:]) for keys, _ in runs for key in keys)

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """Yield the terms from one on."""
        return (each for each in self.terms() if each >= (fieldname, prefix))

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """Yield all terms with their statistics."""
        return ((term, self.term_info(*term)) for term in self.terms())

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """Return the statistics of a term."""
        value = self._value(fieldname, text)
        if value is None:
            raise KeyError((fieldname, text))
        found = Postings.of(value)
        return TermInfo(
            weight=sum(found.counts) or len(found.numbers),
            df=len(found.numbers),
            minlength=1,
            maxlength=0xFFFF,
            maxweight=max(found.counts, default=1),
            minid=found.numbers[0] - self.segment.base,
            maxid=found.numbers[-1] - self.segment.base,
        )

    def matcher(self, fieldname: str, text: bytes, format_: Format, scorer: Any = None) -> Any:
        """Return a matcher over the documents of a term."""
        value = self._value(fieldname, text)
        if value is None:
            return NullMatcher()
        found = Postings.of(value)
        where = dict(found.where(set(found.numbers))) if found.counts else {}
        return ListMatcher(
            [number - self.segment.base for number in found.numbers],
            weights=[float(count) for count in found.counts] or None,
            values=[where[number].tobytes() for number in found.numbers] if where else None,
            format=format_,
            scorer=scorer,
            term=(fieldname, text),
            terminfo=self.term_info(fieldname, text),
        )

    def indexed_field_names(self) -> Iterable[str]:
        """Return the names of the fields."""
        return FIELDS.keys()

    def _value(self, fieldname: str, text: bytes) -> bytes | None:
        return self.reader.get(FIELDS[fieldname].encode() + text)


class Documents(base.PerDocumentReader):  # type: ignore[misc]
    """Whoosh's view of the documents of a segment."""

    def __init__(self, segment: "Segment", folder: Path) -> None:
        self.segment = segment
        self.columns = segment.columns(folder)

    def doc_count(self) -> int:
        """Return the number of documents that are not deleted."""
        return self.segment.count - len(self.segment.hidden)

    def doc_count_all(self) -> int:
        """Return the number of documents, including deleted ones."""
        return self.segment.count

    def has_deletions(self) -> bool:
        """Return whether any document is deleted."""
        return bool(self.segment.hidden)

    def is_deleted(self, docnum: int) -> bool:
        """Return whether a document is deleted."""
        return self.segment.is_deleted(docnum)

    def deleted_docs(self) -> Iterator[int]:
        """Return the deleted documents."""
        return self.segment.deleted_docs()

    def supports_columns(self) -> bool:
        """Return False: Whoosh never sorts here."""
        return False

    def has_column(self, fieldname: str) -> bool:
        """Return False: the columns have a format of their own."""
        return False

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """Return the number of words of a document."""
        return self.columns.lengths[docnum]

    def field_length(self, fieldname: str) -> int:
        """Return the number of words of all documents."""
        return sum(self.columns.lengths)

    def min_field_length(self, fieldname: str) -> int:
        """Return the number of words of the shortest document."""
        return min(self.columns.lengths)

    def max_field_length(self, fieldname: str) -> int:
        """Return the number of words of the longest document."""
        return max(self.columns.lengths)

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """Return the message id, the only stored field."""
        return {"message": self.columns.messages[docnum]}
