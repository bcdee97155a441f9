"""Whoosh's view of our segments: its readers, queries and scorers work on them as on any other.

Our own searches read the files themselves, which is faster; these views are what proves, in
the tests and to whoever opens the index with Whoosh, that both find the same.
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
    """Whoosh's view of the terms of a segment."""

    def __init__(self, segment: "Segment", folder: Path) -> None:
        self.segment = segment
        self.reader = segment.terms(folder)

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return self._value(*term) is not None

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """All terms."""
        runs = self.reader.runs()
        return ((NAMES[chr(key[0])], key[1:]) for keys, _ in runs for key in keys)

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """The terms from one on."""
        return (each for each in self.terms() if each >= (fieldname, prefix))

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """All terms, and how often each stands."""
        return ((term, self.term_info(*term)) for term in self.terms())

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """How often a term stands."""
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
        """The messages of a term, one after the other."""
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
        """The fields."""
        return FIELDS.keys()

    def _value(self, fieldname: str, text: bytes) -> bytes | None:
        return self.reader.get(FIELDS[fieldname].encode() + text)


class Documents(base.PerDocumentReader):  # type: ignore[misc]
    """Whoosh's view of what is known of each message of a segment."""

    def __init__(self, segment: "Segment", folder: Path) -> None:
        self.segment = segment
        self.columns = segment.columns(folder)

    def doc_count(self) -> int:
        """How many messages there are that are not hidden."""
        return self.segment.count - len(self.segment.hidden)

    def doc_count_all(self) -> int:
        """How many messages there are."""
        return self.segment.count

    def has_deletions(self) -> bool:
        """Whether any is hidden."""
        return bool(self.segment.hidden)

    def is_deleted(self, docnum: int) -> bool:
        """Whether one is hidden."""
        return self.segment.is_deleted(docnum)

    def deleted_docs(self) -> Iterator[int]:
        """Those that are hidden."""
        return self.segment.deleted_docs()

    def supports_columns(self) -> bool:
        """Whether Whoosh can sort by what is known of each: it need not."""
        return False

    def has_column(self, fieldname: str) -> bool:
        """Whether there is a column of Whoosh's kind."""
        return False

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """How many words a message has."""
        return self.columns.lengths[docnum]

    def field_length(self, fieldname: str) -> int:
        """How many words all have together."""
        return sum(self.columns.lengths)

    def min_field_length(self, fieldname: str) -> int:
        """How many words the shortest has."""
        return min(self.columns.lengths)

    def max_field_length(self, fieldname: str) -> int:
        """How many words the longest has."""
        return max(self.columns.lengths)

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """What leads back to a message: its id."""
        return {"message": self.columns.messages[docnum]}
