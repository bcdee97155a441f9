"""What is known of each message of a segment: its id, when it was sent, how many words it has."""

from array import array
from collections.abc import Iterable
from struct import Struct
from typing import NamedTuple
from zlib import crc32

from linkmsg.search.index.terms import DamagedIndex

# How the files of a segment end.
TERMS, COLUMNS = ".trm", ".doc"
SIZES = {"Q": 8, "I": 4, "H": 2}
WIDTH = sum(SIZES.values())
SUM = Struct("<I")


class Columns(NamedTuple):
    """One value for each message, in the order of their numbers."""

    messages: "array[int]"
    moments: "array[int]"
    lengths: "array[int]"

    @classmethod
    def empty(cls) -> "Columns":
        """Of no message."""
        return cls(array("Q"), array("I"), array("H"))

    @classmethod
    def of(cls, packed: bytes, count: int) -> "Columns":
        """What was packed.

        Raises:
            Damaged: it is not what was packed.
        """
        data, total = packed[: -SUM.size], packed[-SUM.size :]
        if len(data) != count * WIDTH or SUM.pack(crc32(data)) != total:
            raise DamagedIndex("a file of columns is not what was written")
        made, start = cls.empty(), 0
        for column, size in zip(made, SIZES.values(), strict=True):
            column.frombytes(data[start : start + size * count])
            start += size * count
        return made

    def pack(self) -> bytes:
        """These as bytes, with a sum."""
        data = b"".join(each.tobytes() for each in self)
        return data + SUM.pack(crc32(data))

    @classmethod
    def join(cls, several: "Iterable[Columns]") -> "Columns":
        """These one after the other."""
        made = cls.empty()
        for each in several:
            for mine, more in zip(made, each, strict=True):
                mine.extend(more)
        return made
