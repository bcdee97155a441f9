"""Finds the samples of a track: the places in a film with its pictures or sound.

Sources: ISO/IEC 14496-12, 8.7, and Apple's QuickTime File Format for sound that is not compressed.
"""

from cleaning.iso_boxes import Box, BoxReader, boxes, full_reader, reader
from cleaning.pieces import Data

# Samples and chunks (runs of samples). An hour of film has about 400,000 of them.
MAX_SAMPLES, MAX_CHUNKS = 2_000_000, 300_000
# Tables of the places of chunks, in 32 or 64 bits.
OFFSETS = {b"stco": "I", b"co64": "Q"}

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
    for kind, form in OFFSETS.items():
        if kind in parts:
            return full_reader(data, parts[kind]).table(MAX_CHUNKS, form=form)
    return ()


def _sample_sizes(data: Data, parts: dict[bytes, Box]) -> tuple[int, tuple[int, ...]]:
    """Return the size of all samples in bytes, or 0 and the size of each."""
    if b"stsz" in parts:
        read = full_reader(data, parts[b"stsz"])
        constant = read.number(4)
        return constant, () if constant else read.table(MAX_SAMPLES)
    return 0, _compact_sizes(full_reader(data, parts[b"stz2"])) if b"stz2" in parts else ()


def _compact_sizes(read: BoxReader) -> tuple[int, ...]:
    bits = read.number(4) & 0xFF
    if bits in {8, 16}:
        return read.table(MAX_SAMPLES, form="B" if bits == 8 else "H")
    pairs = read.take((read.number(4) + 1) // 2)
    return tuple(half for pair in pairs for half in (pair >> 4, pair & 15))


def _samples_in_chunks(data: Data, stsc: Box, chunks: int) -> list[int]:
    entries = full_reader(data, stsc).table(MAX_CHUNKS, width=3)
    counts: list[int] = []
    for at in range(0, len(entries), 3):
        following = entries[at + 3] - 1 if at + 3 < len(entries) else chunks
        counts += [entries[at + 1]] * (min(following, chunks) - len(counts))
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
