"""Postings: which messages contain a term, and where; encoded so that they can be concatenated.

The bytes have the number of messages, the number of each message in the index, how often each
contains the term, and all positions. Terms that need no positions end after the message numbers.
Message numbers are unique in the whole index and increase, so the postings of two segments (parts
of the index) are joined without decoding them.
"""

import struct
from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

COUNT = struct.Struct("<I")
# The maximum position, and the maximum frequency in one document.
LAST_PLACE, MOST = 0xFFFF, 0xFF
ONLY, ONCE = COUNT.pack(1), struct.Struct("<IIBH")
assert array("I").itemsize == 4  # noqa: S101  (the format depends on it)
assert array("H").itemsize == 2  # noqa: S101


class Postings(NamedTuple):
    """The decoded postings of a term: sorted message numbers, its count in each, and all positions.

    The positions of all messages follow each other, as two bytes each. Counts and positions are
    empty for terms that are stored without positions.
    """

    numbers: "array[int]"
    counts: bytes
    places: bytes

    @classmethod
    def of(cls, packed: bytes) -> "Postings":
        """Return postings from their encoded bytes."""
        (count,) = COUNT.unpack_from(packed)
        ids = 4 + 4 * count
        return cls(array("I", packed[4:ids]), packed[ids : ids + count], packed[ids + count :])

    def pack(self) -> bytes:
        """Return the postings as bytes."""
        count = COUNT.pack(len(self.numbers))
        return b"".join((count, self.numbers.tobytes(), self.counts, self.places))

    def where(self, wanted: Collection[int]) -> "Iterator[tuple[int, memoryview[int]]]":
        """Yield those of some messages that have the term, each with the term's positions.

        Messages are given and returned by their numbers in the index, which grow as messages are
        indexed (not by their database ids). The highest come first.
        """
        places = memoryview(self.places).cast("H")
        end = len(places)
        for number, count in zip(reversed(self.numbers), reversed(self.counts), strict=True):
            if number in wanted:
                yield number, places[end - count : end]
            end -= count

    def without(self, gone: Collection[int]) -> "Postings":
        """Return the postings without the messages in `gone`."""
        if gone.isdisjoint(self.numbers) if isinstance(gone, set | frozenset) else not gone:
            return self
        kept = [at for at, number in enumerate(self.numbers) if number not in gone]
        numbers = array("I", (self.numbers[at] for at in kept))
        if not self.counts:
            return Postings(numbers, b"", b"")
        where = [places.tobytes() for _, places in self.where(set(numbers))]
        places = b"".join(reversed(where))
        return Postings(numbers, bytes(self.counts[at] for at in kept), places)


def pack_once(number: int, place: int) -> bytes:
    """Return the encoded postings of a term that occurs only once: the usual case, made faster."""
    return ONCE.pack(1, number, 1, place)


def join(packed: Sequence[bytes]) -> bytes:
    """Return the postings of a term from several segments as one; all are encoded.

    They must be in the order of their message numbers, and all have positions or none.
    """
    if len(packed) == 1:
        return packed[0]
    counts = [COUNT.unpack_from(each)[0] for each in packed]
    parts = [COUNT.pack(sum(counts))]
    parts += [each[4 : 4 + 4 * count] for each, count in zip(packed, counts, strict=True)]
    if len(packed[0]) > 4 + 4 * counts[0]:
        both = list(zip(packed, counts, strict=True))
        parts += [each[4 + 4 * count : 4 + 5 * count] for each, count in both]
        parts += [each[4 + 5 * count :] for each, count in both]
    return b"".join(parts)


def pack_numbers(numbers: Iterable[int]) -> bytes:
    """Return encoded postings that have only message numbers, without counts and positions."""
    packed = array("I", numbers)
    return COUNT.pack(len(packed)) + packed.tobytes()


def packed_number(number: int) -> bytes:
    """Return a message number as the four bytes that it takes in postings."""
    return COUNT.pack(number)


def the_only(packed: bytes) -> bytes | None:
    """Return the four bytes of the message number if only one message has the term, else None."""
    return packed[4:8] if packed[:4] == ONLY else None
