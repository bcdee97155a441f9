"""Finds the samples of a track: the places in a film with its pictures or sound.

Sources: ISO/IEC 14496-12, 8.7, and Apple's QuickTime File Format for sound that is not compressed.
"""

from cleaning.iso_boxes import Box, boxes, reader
from cleaning.pieces import Data, Unclean

# Samples and chunks (runs of samples). An hour of film has about 400,000 of them.
MAX_SAMPLES, MAX_CHUNKS = 2_000_000, 300_000

Range = tuple[int, int]


def sample_ranges(data: Data, table: Box, handler: bytes) -> list[Range]:
    """Return where each run of samples of a track begins and ends, by its table (`stbl`)."""
    parts = {box.kind: box for box in boxes(data, table.body, table.end)}
    if b"stsc" not in parts:
        return []
    offsets = _chunk_offsets(data, parts)
    constant, sizes = _sample_sizes(data, parts)
    frame = (constant, 1)
    if constant == 1 and handler == b"soun" and b"stsd" in parts:
        frame = _frame_size(data, parts[b"stsd"])
    ranges, sample = [], 0
    counts = _samples_in_chunks(data, parts[b"stsc"], len(offsets))
    for offset, count in zip(offsets, counts, strict=False):
        size = count * frame[0] // frame[1] if constant else sum(sizes[sample : sample + count])
        ranges.append((offset, offset + size))
        sample += count
    return ranges


def _chunk_offsets(data: Data, parts: dict[bytes, Box]) -> tuple[int, ...]:
    kind = b"stco" if b"stco" in parts else b"co64"
    if kind not in parts:
        return ()
    read = reader(data, parts[kind])
    read.full_box()
    return read.numbers(_limited(read.number(4), MAX_CHUNKS), "I" if kind == b"stco" else "Q")


def _sample_sizes(data: Data, parts: dict[bytes, Box]) -> tuple[int, tuple[int, ...]]:
    """Return the size of all samples in bytes, or 0 and the size of each."""
    if b"stsz" in parts:
        read = reader(data, parts[b"stsz"])
        _, constant, count = read.numbers(3)
        return constant, () if constant else read.numbers(_limited(count, MAX_SAMPLES))
    if b"stz2" not in parts:
        return 0, ()
    read = reader(data, parts[b"stz2"])
    bits, count = read.numbers(2)[1] & 0xFF, _limited(read.number(4), MAX_SAMPLES)
    if bits == 4:
        pairs = read.take((count + 1) // 2)
        return 0, tuple(half for pair in pairs for half in (pair >> 4, pair & 15))[:count]
    return 0, read.numbers(count, {8: "B", 16: "H"}.get(bits, "I"))


def _samples_in_chunks(data: Data, stsc: Box, chunks: int) -> list[int]:
    read = reader(data, stsc)
    read.full_box()
    count = _limited(read.number(4), MAX_CHUNKS)
    entries = read.numbers(3 * count)
    counts: list[int] = []
    for number in range(count):
        following = entries[3 * number + 3] - 1 if number + 1 < count else chunks
        counts += [entries[3 * number + 1]] * (min(following, chunks) - len(counts))
    return counts


def _frame_size(data: Data, stsd: Box) -> tuple[int, int]:
    """Return how many bytes so many samples of sound have that is not compressed."""
    entry = next(boxes(data, stsd.body + 8, stsd.end))
    read = reader(data, entry)
    read.take(8)
    version, _, _, _, channels, bits, _, _ = read.numbers(8, "H")
    read.take(4)
    if version == 1:
        samples, _, size, _ = read.numbers(4)
    elif version == 2:
        read.take(28)
        size, samples = read.numbers(2)
    else:
        samples, size = 1, channels * bits // 8
    return max(1, size), max(1, samples)


def _limited(count: int, limit: int) -> int:
    if count > limit:
        raise Unclean
    return count
