"""Removes metadata from JPEG files (ITU-T T.81, B.1); the encoded pixels stay the same."""

import re
import struct

from cleaning.pieces import MAX_PARTS, Data, Pieces, Unclean

SOI, EOI, SOS, APP0, APP1, APP2, APP14 = 0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xE2, 0xEE
# The segments that decoders need: frames and tables.
CODING = {*range(0xC0, 0xD0), SOS, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF}
EXIF, ICC, JFIF, ADOBE = b"Exif\0\0", b"ICC_PROFILE\0", b"JFIF\0", b"Adobe"
# A run of 0xFF before a marker is padding. Where a long run starts no marker, neither of the two
# may look at it again and again.
MARKER = re.compile(rb"\xff++[^\x00\xd0-\xd7]")
NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
END = b"\xff\xd9"
ORIENTATION = 0x0112


def clean_jpeg(data: Data) -> Pieces:
    """Yield a JPEG with nothing but its pixels, colours and orientation.

    What follows the picture is dropped, such as further pictures and the film of a motion photo.
    A picture that is cut off is kept as far as it goes.
    """
    at, scans = 2, 0
    yield b"\xff\xd8"
    for _ in range(MAX_PARTS):
        marker = MARKER.match(data, at)
        kind, start = (data[marker.end() - 1], marker.end()) if marker else (EOI, at)
        if kind == EOI or start + 2 > len(data):
            break
        end = start + struct.unpack_from(">H", data, start)[0]
        if end > len(data):
            break
        yield from _segment(kind, start, end, data)
        at = end
        if kind == SOS:
            scans += 1
            following = NEXT_MARKER.search(data, end)
            at = following.start() if following else len(data)
            yield slice(end, at)
    else:
        raise Unclean
    if not scans:
        raise Unclean
    yield END


def _segment(kind: int, start: int, end: int, data: Data) -> Pieces:
    """Yield what is kept of a segment; `start` is the place of its length, behind the marker."""
    content = data[start + 2 : min(end, start + 16)]
    if kind in CODING or (kind == APP2 and content.startswith(ICC)):
        yield slice(start - 2, end)
    elif kind == APP14 and content.startswith(ADOBE):
        yield marker_segment(kind, content[:12])
    elif kind == APP0 and content.startswith(JFIF) and len(content) >= 12:
        yield marker_segment(kind, content[:12] + b"\0\0")  # without its thumbnail
    elif kind == APP1 and content.startswith(EXIF):
        turn = orientation(data[start + 8 : end])
        if turn:
            yield marker_segment(kind, EXIF + orientation_only(turn))


def marker_segment(kind: int, content: bytes) -> bytes:
    """Return a JPEG segment of this kind."""
    return struct.pack(">BBH", 0xFF, kind, 2 + len(content)) + content


def orientation(exif: bytes) -> int:
    """Return how an image must be turned (2 to 8) by its Exif data; 0 if it is upright.

    Source: Exif 3.0, 4.6.
    """
    try:
        order = {b"II": "<", b"MM": ">"}[exif[:2]]
        first = struct.unpack_from(f"{order}I", exif, 4)[0]
        for number in range(struct.unpack_from(f"{order}H", exif, first)[0]):
            entry = first + 2 + 12 * number
            tag, _, _, turn = struct.unpack_from(f"{order}HHIH", exif, entry)
            if tag == ORIENTATION:
                return int(turn) if 1 < turn <= 8 else 0
    except (KeyError, struct.error):
        return 0
    return 0


def orientation_only(turn: int) -> bytes:
    """Return Exif data with nothing but an orientation."""
    return struct.pack(">HHIHHHIHHI", 0x4D4D, 42, 8, 1, ORIENTATION, 3, 1, turn, 0, 0)
