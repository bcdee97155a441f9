"""Removes tags from sound: MP3, AAC in ADTS, FLAC, AIFF and CAF."""

import re
import struct
from collections.abc import Callable

from cleaning.pieces import MAX_PARTS, Data, Pieces, Unclean

# kbit/s of Layer III by the index in a frame (ISO/IEC 11172-3 and 13818-3), for MPEG 1 and 2.
BITRATES_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
BITRATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
SAMPLE_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
SYNC = re.compile(rb"\xff[\xe0-\xff]")
# Frames of 25 MiB: the shortest that are usual have about 100 bytes.
MAX_FRAMES = 500_000
# FLAC (RFC 9639, 8): the blocks that players need, and the mark of the last block.
STREAM_INFO, SEEK_TABLE, LAST_BLOCK = 0, 3, 0x80
ID3V1_SIZE = 128
AIFF_KEPT = {b"COMM", b"SSND", b"FVER"}
CAF_KEPT = {b"desc", b"data", b"pakt", b"kuki", b"chan"}


def clean_mp3(data: Data) -> Pieces:
    """Yield the frames of an MP3, without what is before, between and behind them."""
    return _frames(data, mp3_frame_size)


def clean_aac(data: Data) -> Pieces:
    """Yield the frames of AAC in ADTS, without what is before, between and behind them."""
    return _frames(data, adts_frame_size)


def mp3_frame_size(data: Data, at: int) -> int:
    """Return the size in bytes of the MP3 frame at a place; 0 if there is none.

    The app detects MP3 by the same rule; this process can't import it.
    """
    if at + 4 > len(data):
        return 0
    sync, flags = int.from_bytes(data[at : at + 2]), int.from_bytes(data[at + 2 : at + 4])
    version, bitrate, rate = sync >> 3 & 3, flags >> 12, flags >> 10 & 3
    if sync & 0xFFE6 != 0xFFE2 or version not in SAMPLE_RATES or bitrate in {0, 15} or rate == 3:
        return 0
    speed = (BITRATES_1 if version == 3 else BITRATES_2)[bitrate] * 1000
    return (144 if version == 3 else 72) * speed // SAMPLE_RATES[version][rate] + (flags >> 9 & 1)


def adts_frame_size(data: Data, at: int) -> int:
    """Return the size in bytes of the frame of AAC at a place (ISO/IEC 13818-7); 0 if none."""
    size = int.from_bytes(data[at + 3 : at + 7]) >> 13 & 0x1FFF
    is_frame = int.from_bytes(data[at : at + 2]) & 0xFFF6 == 0xFFF0
    return size if is_frame and size >= 7 and at + 7 <= len(data) else 0


def _frames(data: Data, frame_size: Callable[[Data, int], int]) -> Pieces:
    at, start, frames = _next_frame(data, 0, frame_size), 0, 0
    start = at
    while at < len(data):
        size, frames = frame_size(data, at), frames + 1
        if frames > MAX_FRAMES:
            raise Unclean
        if size:
            at = min(at + size, len(data))
            continue
        yield slice(start, at)
        start = at = _next_frame(data, at, frame_size)
    if not frames:
        raise Unclean
    yield slice(start, at)


def _next_frame(data: Data, at: int, frame_size: Callable[[Data, int], int]) -> int:
    """Return where the next two frames in a row begin; the end of the file if there are none."""
    at = _skip_id3(data, at)
    for found in SYNC.finditer(data, at):
        size = frame_size(data, found.start())
        if size and frame_size(data, found.start() + size):
            return found.start()
    return len(data)


def _skip_id3(data: Data, at: int) -> int:
    """Return the place behind an ID3v2 tag; a picture in it may look like a frame."""
    if data[at : at + 3] != b"ID3" or at + 10 > len(data):
        return at
    size = 0
    for each in data[at + 6 : at + 10]:
        size = size << 7 | each & 0x7F
    return min(len(data), at + 10 + size)


def clean_flac(data: Data) -> Pieces:
    """Yield a FLAC with nothing but its sound, and where to find places in it."""
    at, kept, is_last = _skip_id3(data, 0) + 4, [], False
    for _ in range(MAX_PARTS):
        if is_last:
            break
        header = struct.unpack_from(">I", data, at)[0]
        end = at + 4 + (header & 0xFFFFFF)
        is_last = bool(header >> 31)
        if header >> 24 & 0x7F in {STREAM_INFO, SEEK_TABLE}:
            kept.append(data[at:end])
        at = end
    if not is_last or not kept or at > len(data):
        raise Unclean
    yield b"fLaC"
    for number, block in enumerate(kept, start=1):
        last = LAST_BLOCK if number == len(kept) else 0
        yield bytes([block[0] & 0x7F | last]) + block[1:]
    has_tag = data[-ID3V1_SIZE:].startswith(b"TAG")
    yield slice(at, max(at, len(data) - ID3V1_SIZE * has_tag))


def clean_aiff(data: Data) -> Pieces:
    """Yield an AIFF or AIFF-C with nothing but its sound."""
    parts: list[slice] = []
    at = 12
    for _ in range(MAX_PARTS):
        if at + 8 > len(data):
            break
        name, size = struct.unpack_from(">4sI", data, at)
        end = min(len(data), at + 8 + size + size % 2)
        if name in AIFF_KEPT:
            parts.append(slice(at, end))
        at = end
    if not parts:
        raise Unclean
    size = 4 + sum(each.stop - each.start for each in parts)
    yield b"FORM" + struct.pack(">I", size) + data[8:12]
    yield from parts


def clean_caf(data: Data) -> Pieces:
    """Yield a file in Apple's Core Audio Format with nothing but its sound."""
    yield slice(0, 8)
    at = 8
    for _ in range(MAX_PARTS):
        if at + 12 > len(data):
            return
        name, size = struct.unpack_from(">4sq", data, at)
        end = len(data) if size < 0 else min(len(data), at + 12 + size)
        if name in CAF_KEPT:
            yield slice(at, end)
        at = end
    raise Unclean
