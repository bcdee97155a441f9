"""Removes metadata from PNG files (W3C, third edition); the encoded pixels stay the same."""

import struct
import zlib

from cleaning.jpeg import orientation, orientation_only
from cleaning.pieces import MAX_PARTS, Data, Pieces, Unclean

START = b"\x89PNG\r\n\x1a\n"
# Chunks that say how pixels look, those of animations among them.
KEPT = set(
    b"IHDR PLTE IDAT tRNS gAMA cHRM sRGB iCCP cICP mDCV cLLI sBIT bKGD pHYs acTL fcTL fdAT".split()
)
IDAT, IEND, EXIF = b"IDAT", b"IEND", b"eXIf"


def clean_png(data: Data) -> Pieces:
    """Yield a PNG with nothing but its pixels, colours and orientation.

    Of pixels that are cut off the rest is kept.
    """
    yield START
    at, has_orientation = len(START), False
    for _ in range(MAX_PARTS):
        if at + 8 > len(data):
            break
        size, name = struct.unpack_from(">I4s", data, at)
        start, end = at + 8, at + 12 + size
        if name == IEND:
            break
        if end > len(data):
            yield from _cut_off(name, data[start:])
            break
        if name in KEPT:
            yield slice(at, end)
        elif name == EXIF and not has_orientation and (turn := orientation(data[start : end - 4])):
            has_orientation = True
            yield chunk(EXIF, orientation_only(turn))
        at = end
    else:
        raise Unclean
    yield chunk(IEND, b"")


def _cut_off(name: bytes, content: bytes) -> Pieces:
    if name == IDAT:
        yield chunk(name, content)


def chunk(name: bytes, content: bytes) -> bytes:
    """Return a PNG chunk with its size and checksum."""
    checksum = zlib.crc32(name + content)
    return struct.pack(">I4s", len(content), name) + content + struct.pack(">I", checksum)
