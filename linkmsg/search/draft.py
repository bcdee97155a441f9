"""A segment in memory: written to files by the child process, or searched as it is."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cached_property
from struct import Struct

from linkmsg.search.columns import Columns
from linkmsg.search.entries import (
    FACT,
    GAP,
    MOST_WORDS,
    SURFACE,
    TEXT,
    Entry,
    key_of,
    scope_of,
)
from linkmsg.search.postings import LAST_PLACE, MOST, Postings, pack_numbers
from linkmsg.search.words import Words

# Most terms of a segment stand in one message only.
ONE, ONE_PLACED = Struct("<II"), Struct("<IIB")
Said = tuple[dict[bytes, list[int]], set[bytes], int]


class Draft:
    """Collects what is known of messages; their numbers begin with `base`."""

    def __init__(self, words: Words, base: int = 0) -> None:
        self.words, self.base = words, base
        self.columns = Columns.empty()
        self._placed: dict[bytes, tuple[list[int], bytearray, array[int]]] = {}
        self._plain: dict[bytes, list[int]] = {}

    def add(self, entry: Entry) -> None:
        """Take a message in."""
        messages, moments, lengths = self.columns
        number = self.base + len(messages)
        stems, surfaces, length = self._said(entry)
        messages.append(entry.id)
        moments.append(min(max(entry.at, 0), 0xFFFFFFFF))
        lengths.append(min(length, 0xFFFF))
        self._plain[key_of(entry.id)] = [number]
        facts = [fact.encode() for fact in entry.facts()]
        for scope in entry.scopes:
            self._place(scope_of(TEXT, scope), stems, number)
            self._note(scope_of(SURFACE, scope), surfaces, number)
            self._note(scope_of(FACT, scope), facts, number)

    def get(self, term: bytes) -> bytes | None:
        """What is known of a term; None if there is none such."""
        if placed := self._placed.get(term):
            numbers, counts, places = placed
            if len(numbers) == 1:
                return ONE_PLACED.pack(1, numbers[0], counts[0]) + places.tobytes()
            return Postings(array("I", numbers), bytes(counts), places.tobytes()).pack()
        plain = self._plain.get(term)
        if plain and len(plain) == 1:
            return ONE.pack(1, plain[0])
        return pack_numbers(plain) if plain else None

    def starting(self, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
        """The terms that begin so, in their order, and what is known of each."""
        for at in range(bisect_left(self.terms, prefix), len(self.terms)):
            if not self.terms[at].startswith(prefix):
                return
            yield self.terms[at], self.get(self.terms[at]) or b""

    def all(self) -> Iterator[tuple[bytes, bytes]]:
        """All terms, and what is known of each."""
        return ((term, self.get(term) or b"") for term in self.terms)

    @cached_property
    def terms(self) -> list[bytes]:
        """All terms in their order, once everything was taken in."""
        return sorted([*self._placed, *self._plain])

    def _said(self, entry: Entry) -> Said:
        """The stems of a message with their places, its words as written, and how many."""
        stems: dict[bytes, list[int]] = {}
        surfaces: set[bytes] = set()
        length = place = 0
        for text in (entry.text, *entry.names):
            for word in self.words.of(text, place):
                if length >= MOST_WORDS:
                    break
                stems.setdefault(word.stem.encode(errors="replace"), []).append(
                    min(word.place, LAST_PLACE)
                )
                surfaces.add(word.surface.encode(errors="replace"))
                length += not word.whole
                place = word.place
            place += GAP
        return stems, surfaces, length

    def _place(self, scope: bytes, stems: dict[bytes, list[int]], number: int) -> None:
        placed = self._placed
        for stem, places in stems.items():
            key = scope + stem
            known = placed.get(key)
            if known is None:
                known = placed[key] = ([], bytearray(), array("H"))
            known[0].append(number)
            known[1].append(min(len(places), MOST))
            known[2].extend(places[:MOST])

    def _note(self, scope: bytes, terms: Iterable[bytes], number: int) -> None:
        plain = self._plain
        for term in terms:
            plain.setdefault(scope + term, []).append(number)
