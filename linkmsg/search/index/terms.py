"""A file of terms and what is known of each, in the order of the terms, in packed blocks.

A block is some hundred terms: how many, how long all are together, the terms with line ends
between, where the value of each ends, the values. The last part of the file says where each
block is and with which term it begins. zlib's sum in every block tells when a file was damaged.
"""

import os
import struct
import weakref
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate, count, pairwise
from operator import add
from pathlib import Path
from threading import Lock
from typing import NamedTuple, Protocol

from linkmsg.search.index.gathering import Run

# Bytes of a block before it is packed.
BLOCK = 4 * 1024
HEAD = struct.Struct("<II")
PLACE = struct.Struct("<QI")
FOOT = struct.Struct("<QII8s")
MAGIC = b"linkmsg1"
# Bytes of unpacked blocks that a process keeps.
KEPT = 24 * 1024 * 1024
# Terms that are written at once, but for the last.
ENOUGH = 1000
# Blocks that are read at once where all are.
AT_ONCE = 8


class DamagedIndex(Exception):
    """A file of the index is not what was written."""


class Writable(Protocol):
    """A file to write into."""

    def write(self, data: bytes, /) -> object:
        """Write these bytes."""


class TermsWriter:
    """Writes such a file. The file itself is opened and closed by others."""

    def __init__(self, file: Writable) -> None:
        self.file, self.at = file, 0
        self.places: list[bytes] = []
        self.firsts: list[bytes] = []

    def write(self, runs: Iterable[Run]) -> Iterator[None]:
        """Write terms, in their order and each once, and what is known of each.

        There is a halt after every block, so that others can have their turn.
        """
        for terms, values in _blocks(runs):
            self._flush(terms, values)
            yield
        table = zlib.compress(b"".join(self.places) + b"\n".join(self.firsts), 1)
        self.file.write(table)
        self.file.write(FOOT.pack(self.at, len(table), len(self.places), MAGIC))

    def _flush(self, terms: list[bytes], values: list[bytes]) -> None:
        ends = array("I", accumulate(map(len, values)))
        joined = b"\n".join(terms)
        head = HEAD.pack(len(terms), len(joined))
        packed = zlib.compress(b"".join([head, joined, ends.tobytes(), *values]), 1)
        self.file.write(packed)
        self.places.append(PLACE.pack(self.at, len(packed)))
        self.firsts.append(terms[0])
        self.at += len(packed)


def _blocks(runs: Iterable[Run]) -> Iterator[Run]:
    """The terms of several runs, in blocks that are large enough; the last may be smaller."""
    terms: list[bytes] = []
    values: list[bytes] = []
    for more, known in runs:
        terms += more
        values += known
        if len(terms) >= ENOUGH:
            ends = [0, *_ends(terms, values)]
            yield from _cut(terms, values, ends)
            terms, values = terms[ends[-1] :], values[ends[-1] :]
    if terms:
        yield from _cut(terms, values, dict.fromkeys([0, *_ends(terms, values), len(terms)]))


def _cut(terms: list[bytes], values: list[bytes], ends: Iterable[int]) -> Iterator[Run]:
    return ((terms[start:end], values[start:end]) for start, end in pairwise(ends))


def _ends(terms: list[bytes], values: list[bytes]) -> Iterator[int]:
    """Where each block of some terms ends that is large enough."""
    sizes = list(accumulate(map(add, map(len, terms), map(len, values))))
    end, size = 0, 0
    while sizes and sizes[-1] - size >= BLOCK:
        end = bisect_left(sizes, size + BLOCK, end) + 1
        size = sizes[end - 1]
        yield end


class Block(NamedTuple):
    """Some terms, and the values of each one after the other."""

    terms: list[bytes]
    ends: "array[int]"
    values: bytes

    def value(self, number: int) -> bytes:
        """What is known of the term with this number."""
        return self.values[self.ends[number - 1] if number else 0 : self.ends[number]]

    @classmethod
    def of(cls, packed: bytes) -> "Block":
        """What was packed.

        Raises:
            Damaged: it is not what was packed.
        """
        try:
            raw = zlib.decompress(packed)
        except zlib.error as fault:
            raise DamagedIndex(str(fault)) from None
        number, length = HEAD.unpack_from(raw)
        start = HEAD.size + length
        ends = array("I", raw[start : start + 4 * number])
        return cls(raw[HEAD.size : start].split(b"\n"), ends, raw[start + 4 * number :])


class Blocks:
    """The blocks that were used last, of all files; used by many threads."""

    def __init__(self, limit: int = KEPT) -> None:
        self.limit, self.size = limit, 0
        self._kept: OrderedDict[tuple[int, int], tuple[Block, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple[int, int], read: Callable[[], bytes]) -> Block:
        """The block of this key, read and unpacked if it is not here."""
        with self._lock:
            if found := self._kept.get(key):
                self._kept.move_to_end(key)
                return found[0]
        block = Block.of(read())
        size = 60 * len(block.terms) + len(block.values)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = (block, size)
                self.size += size
            while self.size > self.limit and len(self._kept) > 1:
                _, (_, freed) = self._kept.popitem(last=False)
                self.size -= freed
        return block


blocks = Blocks()
_numbers = count(1)


class TermsReader:
    """Reads such a file. It keeps no place in it, so threads can share it.

    The file is read, not mapped into memory: to look at what was cut from a mapped file ends
    the process.

    Raises:
        Damaged: this is no such file.
    """

    def __init__(self, path: Path) -> None:
        self.number = next(_numbers)
        self.file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self.file)
        try:
            end = os.fstat(self.file).st_size - FOOT.size
            at, length, size, magic = FOOT.unpack(self._bytes(end, FOOT.size))
            if at + length != end:
                raise DamagedIndex("the table of a file of terms is missing")
            table = zlib.decompress(self._bytes(at, length))
        except (OSError, OverflowError, struct.error, zlib.error):
            raise DamagedIndex("the end of a file of terms is missing") from None
        if magic != MAGIC:
            raise DamagedIndex("this is no file of terms")
        self.places = table[: size * PLACE.size]
        self.firsts = table[size * PLACE.size :].split(b"\n") if table else []
        if len(self.firsts) != size:
            raise DamagedIndex("the end of a file of terms is not what was written")

    def get(self, term: bytes) -> bytes | None:
        """What is known of a term; None if there is none such."""
        number = bisect_right(self.firsts, term) - 1
        if number < 0:
            return None
        block = self._block(number)
        at = bisect_left(block.terms, term)
        if at < len(block.terms) and block.terms[at] == term:
            return block.value(at)
        return None

    def starting(self, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
        """The terms that begin so, in their order, and what is known of each."""
        for number in range(max(0, bisect_right(self.firsts, prefix) - 1), len(self.firsts)):
            block = self._block(number)
            for at in range(bisect_left(block.terms, prefix), len(block.terms)):
                if not block.terms[at].startswith(prefix):
                    return
                yield block.terms[at], block.value(at)

    def runs(self) -> Iterator[Run]:
        """All terms and what is known of each, some blocks at once. None of them is kept."""
        places = list(PLACE.iter_unpack(self.places))
        for first in range(0, len(places), AT_ONCE):
            some = places[first : first + AT_ONCE]
            start, (last, length) = some[0][0], some[-1]
            packed = self._bytes(start, last + length - start)
            terms: list[bytes] = []
            values: list[bytes] = []
            for at, length in some:
                block = Block.of(packed[at - start : at - start + length])
                terms += block.terms
                known = block.values
                values += [known[start:end] for start, end in pairwise([0, *block.ends])]
            yield terms, values

    def _block(self, number: int) -> Block:
        at, length = PLACE.unpack_from(self.places, number * PLACE.size)
        return blocks.get((self.number, number), lambda: self._bytes(at, length))

    def _bytes(self, at: int, length: int) -> bytes:
        """Some of the file; less at its end, which is noticed by who unpacks it."""
        return os.pread(self.file, length, at)
