"""Reads the elements of which Matroska and WebM files consist (EBML, RFC 8794)."""

from collections.abc import Iterator
from dataclasses import dataclass

from cleaning.pieces import Data, Unclean, blank

# Matroska (RFC 9559). Elements that hold others; a segment or a cluster of a live recording may
# be of unknown size: it goes on until something follows that can't be in it.
SEGMENT, CLUSTER, INFO, TRACKS, TRACK, CUES = (
    0x18538067,
    0x1F43B675,
    0x1549A966,
    0x1654AE6B,
    0xAE,
    0x1C53BB6B,
)
SEEK_HEAD, VOID, EBML_HEAD = 0x114D9B74, 0xEC, 0x1A45DFA3
TIMESTAMP, SIMPLE_BLOCK, BLOCK_GROUP, BLOCK, BLOCK_DURATION = 0xE7, 0xA3, 0xA0, 0xA1, 0x9B
TIMESTAMP_SCALE, DURATION = 0x2AD7B1, 0x4489
TRACK_NUMBER, TRACK_TYPE, CODEC = 0xD7, 0x83, 0x86
# Elements of a film of 25 MiB: one or two for each sample.
MAX_ELEMENTS = 500_000


@dataclass(frozen=True)
class Element:
    """An element: its id, where it begins, where its content begins, and its end."""

    id: int
    start: int
    body: int
    end: int
    has_size: bool = True


def elements(data: Data, start: int, end: int) -> Iterator[Element]:
    """Yield the elements between two places; the last one may be cut off."""
    for _ in range(MAX_ELEMENTS):
        if start + 2 > end:
            return
        first = data[start]
        id_size = 9 - first.bit_length()
        at = start + id_size
        if not first or id_size > 4 or at >= end or not data[at]:
            raise Unclean
        size_size = 9 - data[at].bit_length()
        name, body = int.from_bytes(data[start:at]), at + size_size
        size = int.from_bytes(data[at:body]) & ((1 << 7 * size_size) - 1)
        has_size = size != (1 << 7 * size_size) - 1
        last = min(end, body + size) if has_size else end
        yield Element(name, start, min(body, end), last, has_size)
        start = last
    raise Unclean


def top_elements(data: Data, segment: Element) -> Iterator[Element]:
    """Yield the elements of a segment, and after each cluster those in it, too."""
    at = segment.body
    for _ in range(MAX_ELEMENTS):
        each = next(elements(data, at, segment.end), None)
        if each is None:
            return
        yield each
        at = each.body if each.id == CLUSTER else each.end
    raise Unclean


def number(data: Data, element: Element) -> int:
    """Return the content of an element that is an unsigned number."""
    return int.from_bytes(data[element.body : element.end])


def void(data: Data, element: Element) -> None:
    """Overwrite an element, and make it one that players skip."""
    size = element.end - element.start
    blank(data, element.start, element.end)
    if size < 2:
        raise Unclean
    if size < 9:
        data[element.start : element.start + 2] = bytes([VOID, 0x80 | size - 2])
    else:
        wide = (size - 9) | 1 << 56
        data[element.start : element.start + 9] = bytes([VOID]) + wide.to_bytes(8)
