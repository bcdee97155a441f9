"""Reads the boxes of which MP4, QuickTime, HEIF and JPEG XL files consist (ISO/IEC 14496-12)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from cleaning.pieces import MAX_PARTS, Data, Unclean, blank

UNUSED = b"free"


@dataclass(frozen=True)
class Box:
    """A box: its type, where it begins, where its content begins, and its end.

    `is_cut_off` says that the file or the box around it ends before it.
    """

    kind: bytes
    start: int
    body: int
    end: int
    is_cut_off: bool = False


def boxes(data: Data, start: int, end: int, *, lenient: bool = False) -> Iterator[Box]:
    """Yield the boxes between two places; QuickTime may end a list of them with a zero.

    With `lenient` whatever else follows them is yielded as one box, like one that is cut off.
    """
    for _ in range(MAX_PARTS):
        if start + 8 > end:
            return
        size, kind = struct.unpack_from(">I4s", data, start)
        body = start + 8
        if size == 1 and start + 16 <= end:
            body, size = start + 16, struct.unpack_from(">Q", data, start + 8)[0]
        elif size == 0:
            if kind == bytes(4) and not lenient:
                return
            size = end - start
        if size < body - start:
            if not lenient:
                raise Unclean
            kind, size = UNUSED, end - start + 1
        yield Box(kind, start, body, min(end, start + size), start + size > end)
        start += size
    raise Unclean


def split_in_fours(names: bytes) -> list[bytes]:
    """Return the names of which a text consists, each of four bytes."""
    return [names[at : at + 4] for at in range(0, len(names), 4)]


def child(data: Data, parent: Box, kind: bytes) -> Box | None:
    """Return the first box of a type in another one."""
    return next((each for each in boxes(data, parent.body, parent.end) if each.kind == kind), None)


def reader(data: Data, box: Box) -> "BoxReader":
    """Return a reader of the content of a box."""
    return BoxReader(data, box.body, box.end)


def full_reader(data: Data, box: Box) -> "BoxReader":
    """Return a reader of the content of a box behind its version and flags."""
    return BoxReader(data, box.body + 4, box.end)


def remove(data: Data, box: Box) -> None:
    """Turn a box into unused space, and overwrite its content."""
    data[box.start + 4 : box.start + 8] = UNUSED
    blank(data, box.body, box.end)


class BoxReader:
    """Reads numbers one after the other, in the order of the network."""

    def __init__(self, data: Data, at: int, end: int) -> None:
        self.data, self.at, self.end = data, at, end

    def number(self, size: int) -> int:
        """Return the next number, of `size` bytes; 0 if `size` is 0."""
        return int.from_bytes(self.take(size))

    def take(self, size: int) -> bytes:
        """Return the next `size` bytes."""
        self.at += size
        if self.at > self.end:
            raise Unclean
        return self.data[self.at - size : self.at]

    def numbers(self, count: int, form: str = "I") -> tuple[int, ...]:
        """Return the next `count` numbers of the form "I" (32 bits), "H", or "Q"."""
        taken = self.take(count * struct.calcsize(f">{form}"))
        return struct.unpack(f">{count}{form}", taken)

    def table(self, limit: int, width: int = 1, form: str = "I") -> tuple[int, ...]:
        """Return the numbers of a table, of which the first is its length in rows of `width`."""
        count = self.number(4)
        if count > limit:
            raise Unclean
        return self.numbers(count * width, form)

    def full_box(self) -> tuple[int, int]:
        """Return the version and the flags at the start of a box."""
        first = self.number(4)
        return first >> 24, first & 0xFFFFFF
