"""In which messages a term stands, and at which places, as bytes that join without being read.

How many there are, their numbers, how often it stands in each, and all places. A message is
numbered once among all that the index has ever held, so what two segments know of a term is
one after the other; of a term without places there are only the numbers.
"""

import struct
from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

COUNT = struct.Struct("<I")
# Places beyond these are not told apart, nor are more of one message counted.
LAST_PLACE, MOST = 0xFFFF, 0xFF
ONLY, ONCE = COUNT.pack(1), struct.Struct("<IIBH")
assert array("I").itemsize == 4  # noqa: S101  (the format depends on it)
assert array("H").itemsize == 2  # noqa: S101


class Postings(NamedTuple):
    """The numbers of messages in their order; with each how often, and all places."""

    numbers: "array[int]"
    counts: bytes
    places: bytes

    @classmethod
    def of(cls, packed: bytes) -> "Postings":
        """What was packed."""
        (count,) = COUNT.unpack_from(packed)
        ids = 4 + 4 * count
        return cls(array("I", packed[4:ids]), packed[ids : ids + count], packed[ids + count :])

    def pack(self) -> bytes:
        """These as bytes."""
        count = COUNT.pack(len(self.numbers))
        return b"".join((count, self.numbers.tobytes(), self.counts, self.places))

    def where(self, wanted: Collection[int]) -> "Iterator[tuple[int, memoryview[int]]]":
        """Each of the messages that are wanted and its places, the newest first."""
        places = memoryview(self.places).cast("H")
        end = len(places)
        for number, count in zip(reversed(self.numbers), reversed(self.counts), strict=True):
            if number in wanted:
                yield number, places[end - count : end]
            end -= count

    def without(self, gone: Collection[int]) -> "Postings":
        """These but for some messages."""
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
    """A term that stands in one message, once: what most of them are, in one step."""
    return ONCE.pack(1, number, 1, place)


def join(packed: Sequence[bytes]) -> bytes:
    """What several segments know of one term, in the order of their messages."""
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
    """The numbers of messages alone, as bytes."""
    packed = array("I", numbers)
    return COUNT.pack(len(packed)) + packed.tobytes()


def packed_number(number: int) -> bytes:
    """The number of a message as it stands there."""
    return COUNT.pack(number)


def the_only(packed: bytes) -> bytes | None:
    """The packed number of the only message in which a term stands, if there is only one."""
    return packed[4:8] if packed[:4] == ONLY else None
