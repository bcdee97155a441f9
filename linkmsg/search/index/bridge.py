"""Adapters that let Whoosh's readers, queries and scorers work on the segments of linkmsg.

linkmsg's own searches read the files directly, which is faster. Tests use these adapters to check
that Whoosh finds the same, and the index can be opened with Whoosh's tools. A term is a pair here:
a field name, and bytes with the member's id and the word.
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
    """Whoosh's interface to the terms of one segment (one part of the index)."""

    def __init__(self, segment: "Segment", folder: Path) -> None:
        self.segment = segment
        self.reader = segment.terms(folder)

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return self._value(*term) is not None

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """Yield all terms as (field name, term)."""
        runs = self.reader.runs()
        return ((NAMES[chr(key[0])], key[1:]) for keys, _ in runs for key in keys)

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """Yield the (field name, term) pairs that sort at or after the given one."""
        return (each for each in self.terms() if each >= (fieldname, prefix))

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """Yield all terms, each as a (field name, term) pair and its statistics."""
        return ((term, self.term_info(*term)) for term in self.terms())

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """Return statistics for scores, such as in how many messages a term is and how often.

        Raises:
            KeyError: no message of the segment contains the term.
        """
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
        """Return a Whoosh matcher, which iterates over the messages that contain a term."""
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
        """Return the field names that Whoosh sees: text, surface, fact and message."""
        return FIELDS.keys()

    def _value(self, fieldname: str, text: bytes) -> bytes | None:
        return self.reader.get(FIELDS[fieldname].encode() + text)


class Documents(base.PerDocumentReader):  # type: ignore[misc]
    """Whoosh's interface to the messages ("documents") of one segment, numbered from 0."""

    def __init__(self, segment: "Segment", folder: Path) -> None:
        self.segment = segment
        self.columns = segment.columns(folder)

    def doc_count(self) -> int:
        """Return the number of messages that are not deleted from the segment."""
        return self.segment.count - len(self.segment.hidden)

    def doc_count_all(self) -> int:
        """Return the number of messages, including those deleted from the segment."""
        return self.segment.count

    def has_deletions(self) -> bool:
        """Return whether any message of the segment is deleted, usually because it was edited."""
        return bool(self.segment.hidden)

    def is_deleted(self, docnum: int) -> bool:
        """Return whether the message with a number in the segment is deleted from it."""
        return self.segment.is_deleted(docnum)

    def deleted_docs(self) -> Iterator[int]:
        """Return an iterator over the numbers of the deleted messages."""
        return self.segment.deleted_docs()

    def supports_columns(self) -> bool:
        """Return False: Whoosh gets no columns (values to sort by), since only linkmsg sorts."""
        return False

    def has_column(self, fieldname: str) -> bool:
        """Return False: Whoosh can't read the columns of linkmsg, which have their own format."""
        return False

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """Return the number of words of one message, whichever field is asked for."""
        return self.columns.lengths[docnum]

    def field_length(self, fieldname: str) -> int:
        """Return the number of words of all messages together, whichever field is asked for."""
        return sum(self.columns.lengths)

    def min_field_length(self, fieldname: str) -> int:
        """Return the number of words of the shortest message, whichever field is asked for."""
        return min(self.columns.lengths)

    def max_field_length(self, fieldname: str) -> int:
        """Return the number of words of the longest message, whichever field is asked for."""
        return max(self.columns.lengths)

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """Return {"message": id in the database}: the segment stores nothing else to show."""
        return {"message": self.columns.messages[docnum]}
