"""Columns of a segment: the message id, the time and the number of words of each document."""

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
    """One value per document, in the order of document numbers; times are Unix seconds."""

    messages: "array[int]"
    moments: "array[int]"
    lengths: "array[int]"

    @classmethod
    def empty(cls) -> "Columns":
        """Return columns without documents."""
        return cls(array("Q"), array("I"), array("H"))

    @classmethod
    def of(cls, packed: bytes, count: int) -> "Columns":
        """Decode packed columns.

        Raises:
            DamagedIndex: the data is corrupt.
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
        """Encode the columns, with a checksum."""
        data = b"".join(each.tobytes() for each in self)
        return data + SUM.pack(crc32(data))

    @classmethod
    def join(cls, several: "Iterable[Columns]") -> "Columns":
        """Concatenate columns."""
        made = cls.empty()
        for each in several:
            for mine, more in zip(made, each, strict=True):
                mine.extend(more)
        return made
