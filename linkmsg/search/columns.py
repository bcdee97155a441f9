"""What is known of each message of a segment: its id, when it was sent, how many words it has."""

import mmap
from array import array
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from linkmsg.search.terms import Damaged

# How the files of a segment end.
TERMS, COLUMNS = ".trm", ".doc"
SIZES = {"Q": 8, "I": 4, "H": 2}
WIDTH = sum(SIZES.values())


class Columns(NamedTuple):
    """One value for each message, in the order of their numbers."""

    messages: "memoryview[int] | array[int]"
    moments: "memoryview[int] | array[int]"
    lengths: "memoryview[int] | array[int]"

    @classmethod
    def of(cls, data: memoryview, count: int) -> "Columns":
        """What was packed, as it lies in memory.

        Raises:
            Damaged: it is not as long as it was.
        """
        if len(data) != count * WIDTH:
            raise Damaged("a file of columns is not as long as it was")
        parts, start = [], 0
        for kind, size in SIZES.items():
            parts.append(data[start : start + size * count].cast(kind))  # type: ignore[call-overload]
            start += size * count
        return cls(*parts)

    def pack(self) -> bytes:
        """These as bytes."""
        return b"".join(each.tobytes() for each in self)

    @classmethod
    def join(cls, several: "Iterable[Columns]") -> "Columns":
        """These one after the other."""
        made = cls(array("Q"), array("I"), array("H"))
        for each in several:
            for mine, more in zip(made, each, strict=True):
                mine.frombytes(more.tobytes())  # type: ignore[union-attr]
        return made


def mapped(file: Path) -> memoryview:
    """The bytes of a file, as the system reads them when they are looked at.

    Raises:
        Damaged: there is nothing in it.
    """
    with file.open("rb") as opened:
        try:
            return memoryview(mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ))
        except ValueError:
            raise Damaged(f"{file.name} is empty") from None
