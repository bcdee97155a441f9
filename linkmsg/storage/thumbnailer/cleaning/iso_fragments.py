"""Removes metadata from the fragments of a film (the boxes `moof`; ISO/IEC 14496-12, 8.8)."""

from cleaning.iso_boxes import Box, BoxReader, boxes, child, reader, remove, split_in_fours
from cleaning.pieces import Data, Unclean

KEPT = {
    b"moof": {b"mfhd", b"traf"},
    b"traf": set(split_in_fours(b"tfhdtfdttrunsdtpsbgpsgpd")),
}
# Flags of a track's header in a fragment: the fields that it has.
BASE_OFFSET, DESCRIPTION, DURATION, SIZE, FLAGS = 0x1, 0x2, 0x8, 0x10, 0x20
# Flags of a run of samples: the fields that it has, and those of each sample.
RUN_OFFSET, FIRST_FLAGS = 0x1, 0x4
SAMPLE_DURATION, SAMPLE_SIZE, SAMPLE_FLAGS, SAMPLE_DELAY = 0x100, 0x200, 0x400, 0x800
MAX_SAMPLES = 500_000

Range = tuple[int, int]


def fragment_ranges(data: Data, moof: Box, default_sizes: dict[int, int]) -> list[Range]:
    """Remove the tracks that are not in `default_sizes`, and everything that players don't need.

    Return where each run of samples of the other tracks begins and ends.
    """
    ranges: list[Range] = []
    for traf in boxes(data, moof.body, moof.end):
        header = child(data, traf, b"tfhd") if traf.kind == b"traf" else None
        if header is None:
            if traf.kind not in KEPT[b"moof"]:
                remove(data, traf)
            continue
        number = reader(data, header).numbers(2)[1]
        if number in default_sizes:
            ranges += _track_ranges(data, moof, traf, header, default_sizes[number])
        else:
            remove(data, traf)
    return ranges


def _track_ranges(data: Data, moof: Box, traf: Box, header: Box, size: int) -> list[Range]:
    base, size = _read_header(reader(data, header), moof.start, size)
    ranges, at = [], base
    for box in boxes(data, traf.body, traf.end):
        if box.kind not in KEPT[b"traf"]:
            remove(data, box)
        elif box.kind == b"trun":
            start, length = _read_run(reader(data, box), base, at, size)
            at = start + length
            ranges.append((start, at))
    return ranges


def _read_header(read: BoxReader, start: int, size: int) -> tuple[int, int]:
    """Return from where the offsets of a track's runs count, and the size of its samples."""
    flags, _ = read.numbers(2)
    base = read.number(8) if flags & BASE_OFFSET else start
    read.take(4 * bool(flags & DESCRIPTION) + 4 * bool(flags & DURATION))
    return base, read.number(4) if flags & SIZE else size


def _read_run(read: BoxReader, base: int, at: int, size: int) -> Range:
    """Return where a run of samples begins, and its size in bytes."""
    _, flags = read.full_box()
    count = read.number(4)
    start = base + _signed(read.number(4)) if flags & RUN_OFFSET else at
    if not flags & SAMPLE_SIZE:
        return start, count * size
    if count > MAX_SAMPLES:
        raise Unclean
    read.take(4 * bool(flags & FIRST_FLAGS))
    before = bool(flags & SAMPLE_DURATION)
    width = before + 1 + bool(flags & SAMPLE_FLAGS) + bool(flags & SAMPLE_DELAY)
    return start, sum(read.numbers(count * width)[before::width])


def _signed(number: int) -> int:
    return number - (1 << 32) if number >> 31 else number
