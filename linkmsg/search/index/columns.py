"""Columns of a segment (part of the index): the id, time and length in words of each message."""

from array import array
from collections.abc import Iterable
from struct import Struct
from typing import NamedTuple
from zlib import crc32

from linkmsg.search.index.terms import DamagedIndex

# The extensions of a segment's files.
TERMS, COLUMNS = ".trm", ".doc"
SIZES = {"Q": 8, "I": 4, "H": 2}
WIDTH = sum(SIZES.values())
SUM = Struct("<I")


class Columns(NamedTuple):
    """Three arrays with a value for each message: id, time in Unix seconds, number of words.

    They are in the order in which the messages are numbered in the index.
    """

    messages: "array[int]"
    moments: "array[int]"
    lengths: "array[int]"

    @classmethod
    def empty(cls) -> "Columns":
        """Return columns without any message."""
        return cls(array("Q"), array("I"), array("H"))

    @classmethod
    def of(cls, packed: bytes, count: int) -> "Columns":
        """Return the columns of `count` messages from the bytes of their file.

        Raises:
            DamagedIndex: the bytes are corrupt, or of another number of messages.
        """
        data, total = packed[: -SUM.size], packed[-SUM.size :]
        if len(data) != count * WIDTH or SUM.pack(crc32(data)) != total:
            raise DamagedIndex("a column file is corrupt")
        made, start = cls.empty(), 0
        for column, size in zip(made, SIZES.values(), strict=True):
            column.frombytes(data[start : start + size * count])
            start += size * count
        return made

    def pack(self) -> bytes:
        """Return the columns as the bytes of a file, with a checksum at the end."""
        data = b"".join(each.tobytes() for each in self)
        return data + SUM.pack(crc32(data))

    @classmethod
    def join(cls, several: "Iterable[Columns]") -> "Columns":
        """Return the columns of several segments as one, in the given order."""
        made = cls.empty()
        for each in several:
            for mine, more in zip(made, each, strict=True):
                mine.extend(more)
        return made
