"""Removes comments and metadata from GIF files (GIF89a, 20 to 26)."""

from collections.abc import Iterator

from cleaning.pieces import Data, Pieces, Unclean

IMAGE, EXTENSION, END = 0x2C, 0x21, b";"
GRAPHIC_CONTROL, APPLICATION = 0xF9, 0xFF
# What says how often an animation plays.
LOOPS = (b"\x0bNETSCAPE2.0\x03\x01", b"\x0bANIMEXTS1.0\x03\x01")
# Data blocks. A file of 25 MiB has 105,000 if they are full.
MAX_BLOCKS = 500_000


def clean_gif(data: Data) -> Pieces:
    """Yield a GIF with nothing but its pictures and how they are played.

    What follows its end is dropped. A picture that is cut off is kept as far as it goes.
    """
    if len(data) < 13:
        raise Unclean
    at = min(len(data), 13 + palette_size(data[10]))
    yield slice(0, at)
    for start, end in _blocks(data, at):
        is_image = data[start] == IMAGE
        if is_image or (end <= len(data) and _is_kept(data, start, end)):
            yield slice(start, min(end, len(data)))
            if end > len(data):
                yield b"\0"
    yield END


def _blocks(data: Data, at: int) -> Iterator[tuple[int, int]]:
    """Yield where each picture or extension begins and ends; the last one may be cut off."""
    blocks = 0
    while at + 11 <= len(data) and data[at] in {IMAGE, EXTENSION}:
        start = at
        at += 11 + palette_size(data[at + 9]) if data[at] == IMAGE else 2
        while at < len(data) and data[at]:
            at, blocks = at + data[at] + 1, blocks + 1
            if blocks > MAX_BLOCKS:
                raise Unclean
        at += 1
        yield start, at


def palette_size(flags: int) -> int:
    """Return the size of a palette in bytes by the flags before it."""
    return 6 << (flags & 7) if flags & 0x80 else 0


def _is_kept(data: Data, start: int, end: int) -> bool:
    if data[start + 1] == GRAPHIC_CONTROL:
        return end - start == 8
    is_loop = data[start + 2 : start + 16] in LOOPS and end - start == 19
    return data[start + 1] == APPLICATION and is_loop
