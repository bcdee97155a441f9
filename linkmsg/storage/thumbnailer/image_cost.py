"""Estimates the cost of an image from the structure of its file, before anything is decoded.

Files are walked part by part; invalid ones are left to the decoder, which reports them.
"""

import mmap
import re
import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

# Parts of a file: JPEG segments, PNG and WebP chunks. A photo has less than a hundred, and a PNG
# of 25 MiB in small chunks some thousands.
MAX_PARTS = 50_000
# Data blocks of a GIF: a file of 25 MiB has 105,000 if they are full.
MAX_BLOCKS = 500_000
# Passes over a JPEG, and passes × pixels. Cameras and encoders make at most 12 passes.
MAX_SCANS, MAX_SCANNED_PIXELS = 100, 650_000_000
# Frames of an animation, pixels of each, and of all together. Pillow holds several frames.
MAX_FRAMES, MAX_FRAME_PIXELS, MAX_ANIMATED_PIXELS = 1000, 8_000_000, 50_000_000

# JPEG (ITU-T T.81, B.1): end of image, start of scan, and the starts of frame, with the size.
EOI, SOS = 0xD9, 0xDA
SOF = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
# A run of 0xFF before a marker is padding; matching must not go back in it.
MARKER = re.compile(rb"\xff++[^\x00\xd0-\xd7]")
NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
# GIF89a, 20 to 26: what begins an image, an extension, and the end.
GIF_IMAGE, GIF_EXTENSION = 0x2C, 0x21

Data = mmap.mmap | bytes
Size = tuple[int, int]


class TooCostly(Exception):
    """Decoding an image would take too much time."""


class TooLarge(Exception):
    """An image has too many pixels."""


def check_structure(path: Path) -> None:
    """Check that an image consists of few enough parts and passes.

    Raises:
        TooCostly: it does not.
        OSError: the file can't be read.
    """
    with path.open("rb") as file:
        data = _contents(file)
        check = next((check for start, check in CHECKS if data[: len(start)] == start), None)
        if check:
            with suppress(IndexError, struct.error):
                check(data)


def is_affordable_animation(frames: int, size: Size) -> bool:
    """Return whether an animation of this many frames, each of a size in pixels, stays one."""
    pixels = size[0] * size[1]
    is_small = pixels <= MAX_FRAME_PIXELS and frames * pixels <= MAX_ANIMATED_PIXELS
    return is_small and 1 < frames <= MAX_FRAMES


def measure_gif(path: Path) -> tuple[int, Size]:
    """Return the number of frames of a GIF and the size that holds all of them, in pixels.

    Frames may lie outside of the size in the header; decoders enlarge the picture then. Frames
    after the first `MAX_FRAMES` + 1 are not counted.
    """
    frames, size = 0, (0, 0)
    with path.open("rb") as file, suppress(IndexError, struct.error):
        for width, height in _gif_frames(_contents(file)):
            frames, size = frames + 1, (max(size[0], width), max(size[1], height))
            if frames > MAX_FRAMES:
                break
    return frames, size


def webp_size(path: Path) -> Size | None:
    """Return the width and height of a WebP by its header (RFC 9649); None for other formats.

    Pillow reserves the memory for all pixels when it opens one.
    """
    with path.open("rb") as file:
        head = file.read(30)
    if len(head) < 30 or head[:4] != b"RIFF" or head[8:12] != b"WEBP":
        return None
    if head[12:16] == b"VP8X":
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:], "little")
    if head[12:16] == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack_from("<HH", head, 26)
    return width & 0x3FFF, height & 0x3FFF


def _contents(file: IO[bytes]) -> Data:
    try:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except ValueError:  # an empty file can't be mapped
        return b""


def _check_jpeg(data: Data) -> None:
    at, scans, pixels = 2, 0, 0
    for _ in range(MAX_PARTS):
        marker = MARKER.match(data, at)
        if not marker or data[marker.end() - 1] == EOI:
            return
        kind, at = data[marker.end() - 1], marker.end()
        if kind in SOF:
            height, width = struct.unpack_from(">HH", data, at + 3)
            pixels = max(pixels, width * height)
        at += struct.unpack_from(">H", data, at)[0]
        if kind == SOS:
            scans += 1
            if scans > MAX_SCANS or scans * pixels > MAX_SCANNED_PIXELS:
                raise TooCostly
            following = NEXT_MARKER.search(data, at)
            at = following.start() if following else len(data)
    raise TooCostly


def _check_png(data: Data) -> None:
    at = 8
    for _ in range(MAX_PARTS):
        size, name = struct.unpack_from(">I4s", data, at)
        if name == b"IEND":
            return
        at += 12 + size
    raise TooCostly


def _check_webp(data: Data) -> None:
    at, end = 12, 8 + struct.unpack_from("<I", data, 4)[0]
    for _ in range(MAX_PARTS):
        if at >= end:
            return
        size = struct.unpack_from("<I", data, at + 4)[0]
        at += 8 + size + size % 2
    raise TooCostly


def _check_gif(data: Data) -> None:
    for _ in _gif_frames(data):
        pass


def _gif_frames(data: Data) -> Iterator[Size]:
    """Yield the right and lower edge of each frame of a GIF, in pixels; the first ones suffice.

    Raises TooCostly beyond `MAX_BLOCKS` data blocks.
    """
    at, blocks = 13 + _palette_size(data[10]), 0
    while data[at] in {GIF_IMAGE, GIF_EXTENSION}:
        if data[at] == GIF_IMAGE:
            left, upper, width, height, flags = struct.unpack_from("<HHHHB", data, at + 1)
            yield left + width, upper + height
            at += 11 + _palette_size(flags)
        else:
            at += 2
        while data[at]:
            at, blocks = at + data[at] + 1, blocks + 1
            if blocks > MAX_BLOCKS:
                raise TooCostly
        at += 1


def _palette_size(flags: int) -> int:
    return 6 << (flags & 7) if flags & 0x80 else 0


CHECKS: tuple[tuple[bytes, Callable[[Data], None]], ...] = (
    (b"\xff\xd8", _check_jpeg),
    (b"\x89PNG\r\n\x1a\n", _check_png),
    (b"RIFF", _check_webp),
    (b"GIF8", _check_gif),
)
