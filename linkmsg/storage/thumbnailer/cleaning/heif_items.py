"""Removes metadata from the items of an image in HEIF or AVIF (ISO/IEC 14496-12, 8.11)."""

from collections.abc import Iterator

from cleaning.iso_boxes import Box, boxes, child, reader, remove, split_in_fours
from cleaning.pieces import MAX_PARTS, Data, Unclean, blank

KEPT = set(split_in_fours(b"hdlrpitmilociinfiprpirefidatgrpl"))
# Items that are pictures or describe how pictures are put together.
PICTURES = set(split_in_fours(b"hvc1hev1lhv1av01avc1vvc1gridiovlidentmap"))
# How pictures look. The others have descriptions, times and the lens.
PROPERTIES = set(
    split_in_fours(
        b"ispepixicolrhvcClhvCav1CavcCvvcCirotimirclappaspauxClsela1opa1lxclli"
        b"mdcvcclvamverlocoinftolsfree"
    )
)
IN_FILE, IN_ITEM_DATA = 0, 1

Range = tuple[int, int]


def clean_items(data: Data, meta: Box) -> list[Range]:
    """Overwrite everything that is not a picture; return where the pictures are in the file."""
    body = Box(meta.kind, meta.start, meta.body + 4, meta.end)
    found = list(boxes(data, body.body, body.end))
    parts = {box.kind: box for box in found}
    if not {b"iinf", b"iloc"} <= parts.keys():
        raise Unclean
    kinds = dict(_item_kinds(data, parts[b"iinf"]))
    ranges: list[Range] = []
    for number, place in _places(data, parts[b"iloc"], parts.get(b"idat")):
        if kinds.get(number) in PICTURES:
            ranges.append(place)
        else:
            blank(data, *place)
    for box in found:
        if box.kind not in KEPT:
            remove(data, box)
    _clean_properties(data, parts.get(b"iprp"))
    if not ranges:
        raise Unclean
    return ranges


def _places(data: Data, iloc: Box, item_data: Box | None) -> Iterator[tuple[int, Range]]:
    """Yield the number of an item, and where each part of it begins and ends in the file."""
    for number, method, start, size in _locations(data, iloc):
        if method == IN_ITEM_DATA and item_data:
            yield number, (item_data.body + start, item_data.body + start + size)
        elif method == IN_FILE:
            yield number, (start, start + size)
        else:
            raise Unclean


def _item_kinds(data: Data, iinf: Box) -> Iterator[tuple[int, bytes]]:
    """Yield the number and the type of each item; those that are no picture get another type."""
    version = data[iinf.body]
    for box in boxes(data, iinf.body + (8 if version else 6), iinf.end):
        read = reader(data, box)
        version, _ = read.full_box()
        if box.kind != b"infe" or version < 2:
            raise Unclean
        number = read.number(2 if version == 2 else 4)
        read.take(2)
        kind = read.take(4)
        if kind not in PICTURES:
            data[read.at - 4 : read.at] = b"none"
        blank(data, read.at, box.end)
        yield number, kind


def _locations(data: Data, iloc: Box) -> Iterator[tuple[int, int, int, int]]:
    """Yield each part of each item: its number, how it is stored, its place there, and its size."""
    read = reader(data, iloc)
    version, _ = read.full_box()
    sizes = read.number(2)
    offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_size = sizes & 15 if version else 0
    if not length_size:
        raise Unclean
    wide = 4 if version == 2 else 2
    for _ in range(min(read.number(wide), MAX_PARTS)):
        number = read.number(wide)
        method = read.number(2) & 15 if version else IN_FILE
        read.take(2)
        base = read.number(base_size)
        for _ in range(read.number(2)):
            read.take(index_size)
            start = base + read.number(offset_size)
            yield number, method, start, read.number(length_size)


def _clean_properties(data: Data, iprp: Box | None) -> None:
    container = child(data, iprp, b"ipco") if iprp else None
    for box in boxes(data, container.body, container.end) if container else ():
        if box.kind not in PROPERTIES:
            remove(data, box)
