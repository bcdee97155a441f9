"""Removes metadata from TIFF files (TIFF 6.0); everything stays at its place.

Of the fields only those are kept that say how the pixels look and where they are; the bytes to
which no kept field points are overwritten.
"""

import struct

from cleaning.pieces import Data, RawPhoto, Unclean, blank_gaps

# Fields of the picture: its size, coding, colours and places.
KEPT = {
    *(254, 255, 256, 257, 258, 259, 262, 263, 264, 265, 266, 273, 274, 277, 278, 279, 280, 281),
    *(282, 283, 284, 286, 287, 290, 291, 292, 293, 296, 297, 301, 317, 318, 319, 320, 321),
    *(322, 323, 324, 325, 330, 332, 334, 336, 338, 339, 340, 341, 342, 347, 529, 530, 531, 532),
    34675,  # the colour profile
}
PHOTOMETRIC, COMPRESSION, SUB_IFDS, DNG_VERSION = 262, 259, 330, 50706
# Where the pixels are and how many bytes they have: in strips or in tiles.
PLACES = ((273, 279), (324, 325))
# Pixels as a sensor sees them, and the codings of cameras.
RAW_COLOURS, RAW_CODINGS = {32803, 34892}, {32767, 32769, 32770, 34713, 65000, 65535}
OLD_JPEG = 6
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
MAX_DIRECTORIES = 2000

Field = tuple[int, int, int, int]


class TiffCleaner:
    """Overwrites the metadata of a TIFF; `kept` has the starts and ends of what is needed."""

    def __init__(self, data: Data) -> None:
        self.data = data
        self.order = {b"II*\0": "<", b"MM\0*": ">"}[data[:4]]
        self.kept: list[tuple[int, int]] = [(0, 8)]

    def clean(self) -> None:
        """Overwrite the metadata of all pages.

        Raises:
            RawPhoto: it is a photo as the sensor saw it.
        """
        if self.data[8:10] == b"CR":
            raise RawPhoto
        waiting, seen = [self._unpack("I", 4)[0]], set()
        while waiting:
            at = waiting.pop()
            if at == 0 or at in seen:
                continue
            seen.add(at)
            if len(seen) > MAX_DIRECTORIES:
                raise Unclean
            waiting += self._clean_directory(at)
        blank_gaps(self.data, 0, len(self.data), sorted(self.kept))

    def _unpack(self, form: str, at: int) -> tuple[int, ...]:
        return struct.unpack_from(f"{self.order}{form}", self.data, at)

    def _clean_directory(self, at: int) -> list[int]:
        """Remove fields of a directory (IFD); return where further ones are."""
        count = self._unpack("H", at)[0]
        fields: list[Field] = []
        for place in range(at + 2, at + 2 + 12 * count, 12):
            tag, kind, number = self._unpack("HHI", place)
            fields.append((tag, kind, number, place))
        self._refuse_raw(fields)
        following = self._unpack("I", at + 2 + 12 * count)
        kept = [each for each in fields if each[0] in KEPT and each[1] in SIZES]
        entries = b"".join(self.data[place : place + 12] for _, _, _, place in kept)
        values = {field[0]: self._values(field) for field in kept}
        new = struct.pack(f"{self.order}H", len(kept)) + entries
        new += struct.pack(f"{self.order}I", *following)
        self.data[at : at + len(new)] = new
        self.kept.append((at, at + len(new)))
        for starts, sizes in PLACES:
            for start, size in zip(values.get(starts, ()), values.get(sizes, ()), strict=False):
                self.kept.append((start, start + size))
        return [*following, *values.get(SUB_IFDS, ())]

    def _refuse_raw(self, fields: list[Field]) -> None:
        for field in fields:
            first = self._values(field)[:1] if field[0] in {PHOTOMETRIC, COMPRESSION} else ()
            is_raw_colour = field[0] == PHOTOMETRIC and set(first) & RAW_COLOURS
            is_raw_coding = field[0] == COMPRESSION and set(first) & RAW_CODINGS
            if field[0] == DNG_VERSION or is_raw_colour or is_raw_coding:
                raise RawPhoto
            if field[0] == COMPRESSION and OLD_JPEG in first:
                raise Unclean

    def _values(self, field: Field) -> tuple[int, ...]:
        """Return the numbers of a field, and keep the place where they are, if it is elsewhere."""
        _, kind, number, place = field
        size = SIZES[kind] * number
        at = place + 8
        if size > 4:
            at = self._unpack("I", at)[0]
            self.kept.append((at, at + size))
        form = {3: "H", 4: "I", 13: "I"}.get(kind)
        if form is None:
            return ()
        if at + size > len(self.data):
            raise Unclean
        return self._unpack(f"{number}{form}", at)


def clean_tiff(data: Data) -> None:
    """Overwrite the metadata of a TIFF."""
    TiffCleaner(data).clean()
