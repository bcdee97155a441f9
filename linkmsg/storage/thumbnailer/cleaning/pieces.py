"""Describes a cleaned file as pieces of the original and new bytes, or as changes in place."""

import mmap
from collections.abc import Iterator
from pathlib import Path

# A piece of the new file: a range of the original, or new bytes.
Pieces = Iterator[slice | bytes]
Data = mmap.mmap
CHUNK = 64 * 1024
# Parts of a file, such as segments or chunks. A photo has less than a hundred; a PNG can have
# some thousands, and a film of 25 MiB has some ten thousand samples.
MAX_PARTS = 50_000


class Unclean(Exception):
    """Metadata can't be removed from a file: it is damaged, or has an unusual structure."""


class RawPhoto(Unclean):
    """A file has what the sensor of a camera saw, which can't be read without its metadata."""


def write_pieces(pieces: Pieces, data: Data, target: Path) -> None:
    """Write the pieces of a file, which refer to the original `data`, to the file `target`."""
    with target.open("wb") as file:
        for piece in pieces:
            if isinstance(piece, bytes):
                file.write(piece)
                continue
            for at in range(piece.start, piece.stop, CHUNK):
                file.write(data[at : min(at + CHUNK, piece.stop)])


def blank(data: Data, start: int, end: int, fill: bytes = b"\0") -> None:
    """Overwrite the bytes from `start` up to but excluding `end`, as far as the file goes."""
    end = min(end, len(data))
    for at in range(start, end, CHUNK):
        size = min(CHUNK, end - at)
        data[at : at + size] = fill * size


def blank_gaps(data: Data, start: int, end: int, kept: list[tuple[int, int]]) -> None:
    """Overwrite a part of the file except for the ranges `kept` (sorted starts and ends)."""
    at = start
    for first, last in kept:
        if last <= at:
            continue
        if first >= end:
            break
        blank(data, at, first)
        at = max(at, last)
    blank(data, at, end)
