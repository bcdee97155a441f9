"""Removes metadata (place, time, camera, author) from image files.

The encoded pixels stay the same, byte for byte. Of the metadata only the orientation is kept.
"""

import mmap
import re
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

# JPEG (ITU-T T.81, B.1). Of the application segments, those that define colours are kept.
SOI, SOS, EOI, APP0, APP1, APP2, APP14, APP15, COM = (
    0xD8,
    0xDA,
    0xD9,
    0xE0,
    0xE1,
    0xE2,
    0xEE,
    0xEF,
    0xFE,
)
EXIF, ICC = b"Exif\0\0", b"ICC_PROFILE\0"
# A run of 0xFF before a marker is padding. Where a long run starts no marker, neither of the two
# may look at it again and again: regular expressions hold up all threads.
MARKER = re.compile(rb"\xff++[^\x00\xd0-\xd7]")
NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
ORIENTATION = 0x0112
# PNG (W3C, third edition, 11) and WebP (RFC 9649, 2.7).
PNG_START = b"\x89PNG\r\n\x1a\n"
PNG_METADATA = {b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"}
WEBP_METADATA = {b"EXIF", b"XMP "}
WEBP_METADATA_FLAGS = 0x08 | 0x04

# A piece of the output: a range of the file, or new bytes.
Pieces = Iterator[slice | bytes]
CHUNK_SIZE = 64 * 1024
# Segments or chunks of a file. A photo has less than a hundred; a PNG can have some thousands.
MAX_PARTS = 50_000


class UnsupportedImage(Exception):
    """The metadata of an image can't be removed, because of its type or invalid structure."""


def may_have_metadata(path: Path, media_type: str) -> bool:
    """Return whether an image may have metadata such as the place where it was taken.

    GIF and AVIF files are searched for it; for any other type the result is True.

    Raises:
        UnsupportedImage: a GIF or AVIF file is empty.
    """
    if media_type == "image/gif":
        return _contains(path, b"XMP DataXMP")
    if media_type == "image/avif":
        return _contains(path, b"Exif") or _contains(path, b"application/rdf+xml")
    return True


def strip_metadata(path: Path, media_type: str, into: Callable[[bytes], object]) -> None:
    """Pass the bytes of an image without its metadata to the function `into`, in chunks.

    The pixels are not encoded again. Some chunks may have been passed before an error.

    Raises:
        UnsupportedImage: it is no JPEG, PNG or WebP, or its structure is invalid, or it consists
            of more than `MAX_PARTS` parts.
    """
    with path.open("rb") as file, _memory_map(file) as data:
        try:
            for piece in STRIPPERS[media_type](data):
                if isinstance(piece, bytes):
                    into(piece)
                    continue
                for at in range(piece.start, piece.stop, CHUNK_SIZE):
                    into(data[at : min(at + CHUNK_SIZE, piece.stop)])
        except (KeyError, IndexError, struct.error) as error:
            raise UnsupportedImage from error


def _memory_map(file: IO[bytes]) -> mmap.mmap:
    try:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except ValueError as error:  # an empty file can't be mapped
        raise UnsupportedImage from error


def _contains(path: Path, words: bytes) -> bool:
    with path.open("rb") as file, _memory_map(file) as data:
        return data.find(words) >= 0


def _strip_jpeg(data: mmap.mmap) -> Pieces:
    at = 2
    yield slice(0, 2)
    for _ in range(MAX_PARTS):
        marker = MARKER.match(data, at)
        if not marker:
            raise UnsupportedImage
        kind, start = data[marker.end() - 1], marker.end()
        if kind == EOI:
            yield b"\xff\xd9"
            return  # further images or text may follow
        end = start + struct.unpack_from(">H", data, start)[0]
        if end > len(data):
            raise UnsupportedImage
        if _is_jpeg_segment_kept(kind, data[start + 2 : start + 16]):
            yield slice(start - 2, end)
        elif kind == APP1 and data[start + 2 : start + 8] == EXIF:
            yield from _orientation_segment(data[start + 8 : end])
        at = end
        if kind == SOS:
            following = NEXT_MARKER.search(data, end)
            at = following.start() if following else len(data)
            yield slice(end, at)
    raise UnsupportedImage


def _is_jpeg_segment_kept(kind: int, head: bytes) -> bool:
    if APP0 <= kind <= APP15:
        return kind in {APP0, APP14} or (kind == APP2 and head.startswith(ICC))
    return kind != COM


def _orientation_segment(exif: bytes) -> Pieces:
    """Yield JPEG metadata with nothing but the orientation from the given Exif data.

    Yield nothing if there is none or the image is upright as it is (Exif 3.0, 4.6).
    """
    order = {b"II": "<", b"MM": ">"}.get(exif[:2], "")
    if not order:
        return
    first = struct.unpack_from(f"{order}I", exif, 4)[0]
    for number in range(struct.unpack_from(f"{order}H", exif, first)[0]):
        entry = first + 2 + 12 * number
        tag, _, _, turn = struct.unpack_from(f"{order}HHIH", exif, entry)
        if tag == ORIENTATION and 1 < turn <= 8:
            tiff = struct.pack(">HHIHHHIHHI", 0x4D4D, 42, 8, 1, ORIENTATION, 3, 1, turn, 0, 0)
            yield struct.pack(">BBH", 0xFF, APP1, 2 + len(EXIF) + len(tiff)) + EXIF + tiff
            return


def _strip_png(data: mmap.mmap) -> Pieces:
    yield slice(0, 8)
    at = len(PNG_START)
    for _ in range(MAX_PARTS):
        size, name = struct.unpack_from(">I4s", data, at)
        end = at + 12 + size
        if end > len(data):
            raise UnsupportedImage
        if name not in PNG_METADATA:
            yield slice(at, end)
        if name == b"IEND":
            return
        at = end
    raise UnsupportedImage


def _strip_webp(data: mmap.mmap) -> Pieces:
    chunks = [each for each in _riff_chunks(data) if each[0] not in WEBP_METADATA]
    yield b"RIFF" + struct.pack("<I", 4 + sum(end - at for _, at, end in chunks)) + b"WEBP"
    for name, at, end in chunks:
        if name == b"VP8X":
            yield slice(at, at + 8)
            yield bytes([data[at + 8] & ~WEBP_METADATA_FLAGS])
            yield slice(at + 9, end)
        else:
            yield slice(at, end)


def _riff_chunks(data: mmap.mmap) -> Iterator[tuple[bytes, int, int]]:
    at, last = 12, min(len(data), 8 + struct.unpack_from("<I", data, 4)[0])
    for _ in range(MAX_PARTS):
        if at + 8 > last:
            return
        name, size = struct.unpack_from("<4sI", data, at)
        end = at + 8 + size + size % 2
        if end > len(data):
            raise UnsupportedImage
        yield name, at, end
        at = end
    raise UnsupportedImage


STRIPPERS: dict[str, Callable[[mmap.mmap], Pieces]] = {
    "image/jpeg": _strip_jpeg,
    "image/png": _strip_png,
    "image/webp": _strip_webp,
}
