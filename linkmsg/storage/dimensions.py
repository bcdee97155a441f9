"""How wide and high a picture is shown, read from its header alone: nothing is decoded.

Pillow would read WebP and AVIF whole, and hand them to code in C, when it only opens them.
"""

import struct
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import BinaryIO

Size = tuple[int, int]
Reader = Callable[[BinaryIO], tuple[Size, int]]
# What the head of a part tells: its name, the length of its content, and what follows that.
Told = Callable[[bytes], tuple[bytes, int, int]]

MOST_PIXELS = 40_000_000
# More parts than this before the header's end, or a longer one to be read, are a lie.
MOST_PARTS = 500
LONGEST_PART = 256 * 1024
ORIENTATION = 0x0112
# Markers of JPEG that open a frame, with its size (ITU-T T.81, B.1.1.3).
FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


def dimensions(file: BinaryIO) -> Size | None:
    """Width and height in pixels of a JPEG, PNG, GIF, WebP or AVIF, turned as it is shown.

    None where the header does not tell, or tells of more than 40 megapixels. `file` may be cut
    off: its first bytes as `BytesIO` are mostly enough. Of the file, at most its parts before
    the pixels are read.
    """
    file.seek(0)
    head = file.read(16)
    reader = next((read for start, at, read in READERS if head[at:].startswith(start)), None)
    if reader is None:
        return None
    file.seek(0)
    try:
        (width, height), orientation = reader(file)
    except (struct.error, LookupError, StopIteration):
        return None
    if not 0 < width * height <= MOST_PIXELS:
        return None
    return (height, width) if orientation in {5, 6, 7, 8} else (width, height)


def _jpeg(file: BinaryIO) -> tuple[Size, int]:
    orientation = 1
    file.seek(2)
    for _ in range(MOST_PARTS):
        sign, marker, length = struct.unpack(">BBH", file.read(4))
        if sign != 0xFF or length < 2:
            raise LookupError
        if marker in FRAMES:
            height, width = struct.unpack(">xHH", file.read(5))
            return (width, height), orientation
        if marker == 0xE1 and (part := _content(file, length - 2)).startswith(b"Exif\0\0"):
            orientation = _orientation(part[6:])
        elif marker != 0xE1:
            file.seek(length - 2, 1)
    raise LookupError


def _png(file: BinaryIO) -> tuple[Size, int]:
    file.seek(8)
    size, orientation = (0, 0), 1
    for name, length in _parts(file, _png_chunk):
        if name == b"IHDR":
            size = struct.unpack(">II", file.read(8))
        elif name == b"eXIf":
            orientation = _orientation(_content(file, length))
        elif name == b"IDAT":
            break
    return size, orientation


def _gif(file: BinaryIO) -> tuple[Size, int]:
    return struct.unpack("<6xHH", file.read(10)), 1


def _webp(file: BinaryIO) -> tuple[Size, int]:
    head = file.read(30)
    if head[12:16] == b"VP8 ":
        width, height = struct.unpack_from("<HH", head, 26)
        return (width & 0x3FFF, height & 0x3FFF), 1
    if head[12:16] == b"VP8L":
        (bits,) = struct.unpack_from("<I", head, 21)
        return ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1), 1
    flags, w, h = head[20], head[24:27], head[27:30]
    size = int.from_bytes(w, "little") + 1, int.from_bytes(h, "little") + 1
    return size, _webp_orientation(file) if flags & 0x08 else 1


def _webp_orientation(file: BinaryIO) -> int:
    file.seek(12)
    for name, length in _parts(file, _riff_chunk):
        if name == b"EXIF":
            return _orientation(_content(file, length).removeprefix(b"Exif\0\0"))
    return 1


def _avif(file: BinaryIO) -> tuple[Size, int]:
    for name, length in _parts(file, _box):
        if name == b"meta":
            boxes = dict(_boxes(_content(file, length)[4:]))
            return _shown(_properties(boxes[b"iprp"], _number(boxes[b"pitm"], 4)))
    raise LookupError


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    file = BytesIO(data)
    for name, length in _parts(file, _box):
        yield name, _content(file, length)


def _shown(properties: dict[bytes, bytes]) -> tuple[Size, int]:
    turned = properties.get(b"irot", b"\0")[0] & 1
    return struct.unpack_from(">II", properties[b"ispe"], 4), 6 if turned else 1


def _properties(iprp: bytes, item: int) -> dict[bytes, bytes]:
    """The properties of one item (ISO/IEC 23008-12, 9.3)."""
    boxes = dict(_boxes(iprp))
    listed = list(_boxes(boxes[b"ipco"]))
    return dict(listed[number - 1] for number in _associated(boxes[b"ipma"], item) if number)


def _associated(ipma: bytes, item: int) -> list[int]:
    version, wide = ipma[0], ipma[3] & 1
    one, two, mask = (2, ">H", 0x7FFF) if wide else (1, ">B", 0x7F)
    at = 8
    for _ in range(min(MOST_PARTS, _number(ipma[4:8], 0, 4))):
        width = 4 if version else 2
        name = int.from_bytes(ipma[at : at + width])
        start = at + width + 1
        at = start + ipma[start - 1] * one
        if name == item:
            return [each & mask for (each,) in struct.iter_unpack(two, ipma[start:at])]
    raise LookupError


def _number(box: bytes, at: int, width: int = 0) -> int:
    """A number of a box; where no width is given, two bytes in version 0, else four."""
    width = width or (4 if box[0] else 2)
    return int.from_bytes(box[at : at + width])


def _parts(file: BinaryIO, told: Told) -> Iterator[tuple[bytes, int]]:
    """The parts of a file from where it stands: each its name, and how long its content is."""
    for _ in range(MOST_PARTS):
        head = file.read(8)
        if len(head) < 8:
            return
        name, length, padding = told(head)
        if length < 0:
            raise LookupError
        start = file.tell()
        yield name, length
        file.seek(start + length + padding)


def _png_chunk(head: bytes) -> tuple[bytes, int, int]:
    return head[4:], int.from_bytes(head[:4]), 4


def _riff_chunk(head: bytes) -> tuple[bytes, int, int]:
    length = int.from_bytes(head[4:], "little")
    return head[:4], length, length & 1


def _box(head: bytes) -> tuple[bytes, int, int]:
    return head[4:], int.from_bytes(head[:4]) - 8, 0


def _content(file: BinaryIO, length: int) -> bytes:
    if not 0 <= length <= LONGEST_PART:
        raise LookupError
    return file.read(length)


def _orientation(tiff: bytes) -> int:
    """The orientation that EXIF tells, 1 to 8 (CIPA DC-008, 4.6.4); 1 where it does not."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return 1
    try:
        (at,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, at)
        tags = (struct.unpack_from(f"{order}HHIH", tiff, at + 2 + 12 * n) for n in range(count))
        return next((value for tag, _, _, value in tags if tag == ORIENTATION), 1)
    except struct.error:
        return 1


READERS: tuple[tuple[bytes, int, Reader], ...] = (
    (b"\xff\xd8\xff", 0, _jpeg),
    (b"\x89PNG\r\n\x1a\n", 0, _png),
    (b"GIF8", 0, _gif),
    (b"WEBPVP8", 8, _webp),
    (b"ftyp", 4, _avif),
)
