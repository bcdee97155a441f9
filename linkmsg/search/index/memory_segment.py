"""A segment (part of the index) in memory; the writer saves it, a web process only searches it."""

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from linkmsg.search.analysis.tokenizer import Tokenizer
from linkmsg.search.index.columns import Columns
from linkmsg.search.index.document import reader_of
from linkmsg.search.index.fields import (
    KEYWORD,
    SURFACE,
    TEXT,
    IndexEntry,
    key_of,
    key_prefix,
    parted,
)
from linkmsg.search.index.gathering import Gathering, Run
from linkmsg.search.index.postings import MOST, Postings, pack_numbers, pack_once
from linkmsg.search.index.view import View


class MemorySegment:
    """Some messages with their terms, in memory; numbered from `base` in the order added."""

    def __init__(self, tokenizer: Tokenizer, base: int = 0) -> None:
        self.reader, self.base = reader_of(tokenizer), base
        self.columns = Columns.empty()
        # By what the keys begin with: a field and a member's id.
        self._known = defaultdict[bytes, Gathering](Gathering)

    def add(self, entry: IndexEntry) -> None:
        """Add a message: its words and what filters look for, for each member who may read it."""
        messages, moments, lengths = self.columns
        number = self.base + len(messages)
        stems, surfaces, length = self.reader.said(entry)
        messages.append(entry.id)
        moments.append(min(max(entry.at, 0), 0xFFFFFFFF))
        lengths.append(min(length, 0xFFFF))
        here = pack_numbers([number])
        placed = {stem: _placed(number, places) for stem, places in stems.items()}
        noted = dict.fromkeys(surfaces, here)
        facts = dict.fromkeys(map(str.encode, entry.keywords()), here)
        group, own = parted(key_of(entry.id))
        self._known[group].take({own: here})
        for scope in entry.scopes:
            self._known[key_prefix(TEXT, scope)].take(placed)
            self._known[key_prefix(SURFACE, scope)].take(noted)
            self._known[key_prefix(KEYWORD, scope)].take(facts)

    def view(self, newest: int) -> View:
        """Return this segment as a search reads it.

        `newest` must be at least the highest id of its messages.
        """
        return View(self, self.columns, self.base, newest, frozenset(), frozenset())

    def get(self, term: bytes) -> bytes | None:
        """Return the encoded postings of a term (which messages contain it); None if none does."""
        group, rest = parted(term)
        known = self._known.get(group)
        return known.get(rest) if known else None

    def starting(self, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Yield the keys that begin with a prefix, sorted, each with its encoded postings."""
        terms, values = self._whole
        for at in range(bisect_left(terms, prefix), len(terms)):
            if not terms[at].startswith(prefix):
                return
            yield terms[at], values[at]

    def runs(self) -> Iterator[Run]:
        """Yield all terms with their postings, sorted; each run has one field of one member."""
        for group in sorted(self._known):
            terms, values = self._known[group].run()
            yield [group + term for term in terms], values

    @cached_property
    def _whole(self) -> Run:
        """Return all keys, sorted, and the postings of each; cached, so add no message after it."""
        runs = list(self.runs())
        return [term for terms, _ in runs for term in terms], [
            value for _, values in runs for value in values
        ]


def _placed(number: int, places: list[int]) -> bytes:
    """Return the encoded postings of a term: one message number, and the positions in it."""
    if len(places) == 1:
        return pack_once(number, places[0])
    kept = array("H", places[:MOST])
    return Postings(array("I", [number]), bytes([len(kept)]), kept.tobytes()).pack()
