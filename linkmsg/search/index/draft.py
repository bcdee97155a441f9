"""An in-memory segment: written to files by the index writer, or searched as it is."""

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from linkmsg.search.analysis.tokenizer import Words
from linkmsg.search.index.columns import Columns
from linkmsg.search.index.document import reader_of
from linkmsg.search.index.fields import (
    FACT,
    SURFACE,
    TEXT,
    Entry,
    key_of,
    parted,
    scope_of,
)
from linkmsg.search.index.gathering import Gathering, Run
from linkmsg.search.index.postings import MOST, Postings, pack_numbers, pack_once


class Draft:
    """A segment in memory; document numbers begin with `base`."""

    def __init__(self, words: Words, base: int = 0) -> None:
        self.reader, self.base = reader_of(words), base
        self.columns = Columns.empty()
        # By the prefix of the keys: a field and a scope.
        self._known = defaultdict[bytes, Gathering](Gathering)

    def add(self, entry: Entry) -> None:
        """Add a message."""
        messages, moments, lengths = self.columns
        number = self.base + len(messages)
        stems, surfaces, length = self.reader.said(entry)
        messages.append(entry.id)
        moments.append(min(max(entry.at, 0), 0xFFFFFFFF))
        lengths.append(min(length, 0xFFFF))
        here = pack_numbers([number])
        placed = {stem: _placed(number, places) for stem, places in stems.items()}
        noted = dict.fromkeys(surfaces, here)
        facts = dict.fromkeys(map(str.encode, entry.facts()), here)
        group, own = parted(key_of(entry.id))
        self._known[group].take({own: here})
        for scope in entry.scopes:
            self._known[scope_of(TEXT, scope)].take(placed)
            self._known[scope_of(SURFACE, scope)].take(noted)
            self._known[scope_of(FACT, scope)].take(facts)

    def get(self, term: bytes) -> bytes | None:
        """Return the postings of a term; None if it does not exist."""
        group, rest = parted(term)
        known = self._known.get(group)
        return known.get(rest) if known else None

    def starting(self, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Yield the terms with a prefix and their postings, sorted."""
        terms, values = self._whole
        for at in range(bisect_left(terms, prefix), len(terms)):
            if not terms[at].startswith(prefix):
                return
            yield terms[at], values[at]

    def runs(self) -> Iterator[Run]:
        """Yield all terms and postings, sorted, one field and scope at a time."""
        for group in sorted(self._known):
            terms, values = self._known[group].run()
            yield [group + term for term in terms], values

    @cached_property
    def _whole(self) -> Run:
        """Return all terms and postings, after the last message was added."""
        runs = list(self.runs())
        return [term for terms, _ in runs for term in terms], [
            value for _, values in runs for value in values
        ]


def _placed(number: int, places: list[int]) -> bytes:
    """Encode the postings of a term for one document."""
    if len(places) == 1:
        return pack_once(number, places[0])
    kept = array("H", places[:MOST])
    return Postings(array("I", [number]), bytes([len(kept)]), kept.tobytes()).pack()
