"""The file of a segment (part of the index) with its terms: sorted, in compressed blocks.

Each term has a value: its encoded postings, which are the messages that contain it. A block has
some hundred terms: their number, their total length, the terms separated by newlines, the end of
each value, and the values. The file ends with a table of the position and the first term of each
block. zlib's checksum in every block detects corruption.
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

# Bytes of a block before compression.
BLOCK = 4 * 1024
HEAD = struct.Struct("<II")
PLACE = struct.Struct("<QI")
FOOT = struct.Struct("<QII8s")
MAGIC = b"linkmsg1"
# Bytes of decompressed blocks that a process caches.
KEPT = 24 * 1024 * 1024
# The minimum number of terms that are split into blocks at a time.
ENOUGH = 1000
# Blocks per read when all are read.
AT_ONCE = 8


class DamagedIndex(Exception):
    """A file of the index is corrupt or missing."""


class Writable(Protocol):
    """Anything with `write`, such as a file open for writing."""

    def write(self, data: bytes, /) -> object:
        """Write bytes at the end of what was written before."""


class TermsWriter:
    """Writes the file of terms into an open file, which the caller closes."""

    def __init__(self, file: Writable) -> None:
        self.file, self.at = file, 0
        self.places: list[bytes] = []
        self.firsts: list[bytes] = []

    def write(self, runs: Iterable[Run]) -> Iterator[None]:
        """Write terms, sorted and unique, with their values; then the table of blocks.

        It yields after every block, so that a merge can pause.
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
    """Yield the terms and values in blocks of at least `BLOCK` bytes; the last may be smaller."""
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
    """Yield the index in `terms` at which each block of at least `BLOCK` bytes ends."""
    sizes = list(accumulate(map(add, map(len, terms), map(len, values))))
    end, size = 0, 0
    while sizes and sizes[-1] - size >= BLOCK:
        end = bisect_left(sizes, size + BLOCK, end) + 1
        size = sizes[end - 1]
        yield end


class Block(NamedTuple):
    """A decompressed block: some terms, and their values, of which number n ends at `ends[n]`."""

    terms: list[bytes]
    ends: "array[int]"
    values: bytes

    def value(self, number: int) -> bytes:
        """Return the value of the term with an index in this block."""
        return self.values[self.ends[number - 1] if number else 0 : self.ends[number]]

    @classmethod
    def of(cls, packed: bytes) -> "Block":
        """Return a block from its compressed bytes.

        Raises:
            DamagedIndex: the bytes are corrupt.
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
    """A cache of decompressed blocks of all files, which drops the least recently used ones.

    Threads can share it. `limit` is its maximum size in bytes, by estimate.
    """

    def __init__(self, limit: int = KEPT) -> None:
        self.limit, self.size = limit, 0
        self._kept: OrderedDict[tuple[int, int], tuple[Block, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple[int, int], read: Callable[[], bytes]) -> Block:
        """Return a block from the cache; if it is not there, decompress what `read` returns.

        The key is the number of the file's reader, and the number of the block in the file.
        """
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
    """Looks up terms in a file; threads can share it, because it has no file position.

    The file is not mapped into memory: access beyond the end of a truncated file would kill the
    process.

    Raises:
        DamagedIndex: the file is corrupt.
    """

    def __init__(self, path: Path) -> None:
        self.number = next(_numbers)
        self.file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self.file)
        try:
            end = os.fstat(self.file).st_size - FOOT.size
            at, length, size, magic = FOOT.unpack(self._bytes(end, FOOT.size))
            if at + length != end:
                raise DamagedIndex("the table of a term dictionary is missing")
            table = zlib.decompress(self._bytes(at, length))
        except (OSError, OverflowError, struct.error, zlib.error):
            raise DamagedIndex("the end of a term dictionary is missing") from None
        if magic != MAGIC:
            raise DamagedIndex("the file is not a term dictionary")
        self.places = table[: size * PLACE.size]
        self.firsts = table[size * PLACE.size :].split(b"\n") if table else []
        if len(self.firsts) != size:
            raise DamagedIndex("the end of a term dictionary is corrupt")

    def get(self, term: bytes) -> bytes | None:
        """Return the value of a term; None if the file does not have the term."""
        number = bisect_right(self.firsts, term) - 1
        if number < 0:
            return None
        block = self._block(number)
        at = bisect_left(block.terms, term)
        if at < len(block.terms) and block.terms[at] == term:
            return block.value(at)
        return None

    def starting(self, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Yield the terms that begin with a prefix, sorted, each with its value."""
        for number in range(max(0, bisect_right(self.firsts, prefix) - 1), len(self.firsts)):
            block = self._block(number)
            for at in range(bisect_left(block.terms, prefix), len(block.terms)):
                if not block.terms[at].startswith(prefix):
                    return
                yield block.terms[at], block.value(at)

    def runs(self) -> Iterator[Run]:
        """Yield all terms and their values, some blocks at a time, without caching the blocks."""
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
        """Return bytes of the file; fewer at its end, which decoding them then detects."""
        return os.pread(self.file, length, at)
