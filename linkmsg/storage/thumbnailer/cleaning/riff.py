"""Removes metadata from RIFF files: WebP (RFC 9649, 2.7), WAV and AVI."""

import struct
from collections.abc import Iterator

from cleaning.jpeg import EXIF as EXIF_START
from cleaning.jpeg import orientation, orientation_only
from cleaning.pieces import MAX_PARTS, Data, Pieces, Unclean, blank

WEBP_KEPT = {b"VP8X", b"ICCP", b"ANIM", b"VP8 ", b"VP8L", b"ALPH"}
WEBP_EXIF_FLAG, WEBP_METADATA_FLAGS = 0x08, 0x08 | 0x04
FRAME, FRAME_HEADER = b"ANMF", 16
WAV_KEPT = {b"fmt ", b"fact", b"data"}
# Of AVI the lists with headers and frames, and their content.
AVI_LISTS = {b"hdrl", b"strl", b"odml"}
AVI_KEPT = {b"movi", b"avih", b"strh", b"strf", b"dmlh", b"vprp", b"indx", b"idx1"}

# The name of a chunk, its first byte, that of its content, and the end of its content.
Chunk = tuple[bytes, int, int, int]


def clean_webp(data: Data) -> Pieces:
    """Yield a WebP with nothing but its pixels, colours and orientation."""
    parts: list[slice | bytes] = []
    header, turn = b"", 0
    for name, at, start, end in chunks(data, 12, len(data)):
        if name == b"VP8X":
            header = data[start:end]
        elif name == FRAME:
            parts += _frame(data, start, end)
        elif name in WEBP_KEPT:
            parts += padded(data, at, end)
        elif name == b"EXIF":
            turn = turn or orientation(data[start:end].removeprefix(EXIF_START))
    if not parts:
        raise Unclean
    if header:
        flags = header[0] & ~WEBP_METADATA_FLAGS | (WEBP_EXIF_FLAG if turn else 0)
        parts.insert(0, new_chunk(b"VP8X", bytes([flags]) + header[1:]))
        parts.append(new_chunk(b"EXIF", orientation_only(turn)) if turn else b"")
    yield b"RIFF" + struct.pack("<I", 4 + length(parts)) + b"WEBP"
    yield from parts


def clean_wav(data: Data) -> Pieces:
    """Yield a WAV with nothing but its sound."""
    parts = _kept_chunks(data, 12, len(data), WAV_KEPT)
    if not parts:
        raise Unclean
    yield b"RIFF" + struct.pack("<I", 4 + length(parts)) + b"WAVE"
    yield from parts


def clean_avi(data: Data, start: int = 0, end: int = 0) -> None:
    """Overwrite everything in an AVI but its frames, and what describes them to a decoder."""
    for name, at, content, last in chunks(data, start, end or len(data)):
        kind = data[content : content + 4] if name in {b"RIFF", b"LIST"} else name
        if name == b"RIFF" or (name == b"LIST" and kind in AVI_LISTS):
            clean_avi(data, content + 4, last)
        elif kind not in AVI_KEPT:
            data[at : at + 4] = b"JUNK"
            blank(data, content, last)


def chunks(data: Data, at: int, last: int) -> Iterator[Chunk]:
    """Yield each chunk between two places of a RIFF file; the last one may be cut off."""
    for _ in range(MAX_PARTS):
        if at + 8 > last:
            return
        name, size = struct.unpack_from("<4sI", data, at)
        end = min(at + 8 + size, last)
        yield name, at, at + 8, end
        at = end + size % 2
    raise Unclean


def padded(data: Data, at: int, end: int) -> list[slice | bytes]:
    """Return a chunk with its right size, and of even length."""
    size = end - at - 8
    pad = b"\0" * (size % 2)
    return [data[at : at + 4] + struct.pack("<I", size), slice(at + 8, end), pad]


def new_chunk(name: bytes, content: bytes) -> bytes:
    """Return a chunk with this content."""
    return struct.pack("<4sI", name, len(content)) + content + b"\0" * (len(content) % 2)


def length(parts: list[slice | bytes]) -> int:
    """Return the size of these pieces together, in bytes."""
    return sum(len(each) if isinstance(each, bytes) else each.stop - each.start for each in parts)


def _frame(data: Data, start: int, end: int) -> list[slice | bytes]:
    """Return a frame of an animation without chunks that decoders don't need."""
    parts = _kept_chunks(data, start + FRAME_HEADER, end, WEBP_KEPT)
    header = data[start : start + FRAME_HEADER]
    return [struct.pack("<4sI", FRAME, FRAME_HEADER + length(parts)), header, *parts]


def _kept_chunks(data: Data, start: int, end: int, names: set[bytes]) -> list[slice | bytes]:
    found = [(at, last) for name, at, _, last in chunks(data, start, end) if name in names]
    return [part for at, last in found for part in padded(data, at, last)]
