"""Reads an image in strips of rows, so that the whole of it is in memory only once, or not at all.

Pillow needs four bytes for each pixel, and a copy of all of them for each step.
"""

from pathlib import Path
from typing import Any, Protocol

import image_cost
from PIL import Image

# Pixels of a strip.
STRIP = 1_000_000
# Modes with more than 8 bits for each colour, whose values Pillow would cut off at 255.
DEEP_GREY, DEEP_SCALE = ("I", "I;16", "I;16L", "I;16B", "I;16N"), 1 / 256
# Pixels at most by format, which the memory of the process suffices for. A JPEG is decoded at a
# fraction of its size, and photos of phones have up to 200 megapixels.
MAX_PIXELS = {"JPEG": 220_000_000, "MPO": 220_000_000, "PNG": 64_000_000, "GIF": 64_000_000}
MAX_OTHER_PIXELS, MAX_HEIF_PIXELS = 40_000_000, 64_000_000

Size = tuple[int, int]


class Rows(Protocol):
    """The rows of an image in its own orientation, with its size, mode, and colour profile."""

    size: Size
    mode: str
    profile: bytes | None

    def strip(self, top: int, bottom: int) -> Image.Image:
        """Return the rows from `top` up to but excluding `bottom` as an image of this mode."""

    def close(self) -> None:
        """Release the memory of the decoded pixels, if that is possible."""


class PillowRows:
    """The rows of an image that Pillow has opened; they are loaded at the first strip."""

    def __init__(self, image: Image.Image) -> None:
        self.image, self.size = image, image.size
        self.profile = image.info.get("icc_profile")
        self.mode = "RGBA" if image.has_transparency_data else "RGB"
        if image.mode in DEEP_GREY:
            self.mode = "RGB"
        elif image.mode == "CMYK" and self.profile:
            self.mode = "CMYK"

    def strip(self, top: int, bottom: int) -> Image.Image:
        """Return some rows: see `Rows`."""
        rows = self.image.crop((0, top, self.size[0], bottom))
        if rows.mode in DEEP_GREY:
            rows = rows.convert("I").point(lambda value: value * DEEP_SCALE).convert("L")
        return rows.convert(self.mode)

    def close(self) -> None:
        """Keep the pixels: Pillow may need them for the next frame."""


class HeifRows:
    """The rows of an image in HEIF, which libheif has decoded, upright as it is."""

    def __init__(self, path: Path) -> None:
        image = _primary_heif(path)
        check_size(image.size, MAX_HEIF_PIXELS)
        self.profile = image.info.get("icc_profile")
        self._data, self._stride, self._mode = image.data, image.stride, image.mode
        self.size, self.mode = image.size, "RGBA" if image.has_alpha else "RGB"

    def strip(self, top: int, bottom: int) -> Image.Image:
        """Return some rows: see `Rows`."""
        size = (self.size[0], bottom - top)
        data = self._data[top * self._stride : bottom * self._stride]
        rows = Image.frombuffer(self._mode, size, data, "raw", self._mode, self._stride, 1)
        return rows.convert(self.mode)

    def close(self) -> None:
        """Release the memory of the decoded pixels."""
        self._data = memoryview(b"")


def check_size(size: Size, limit: int) -> None:
    """Check that an image has at most so many pixels.

    Raises:
        TooLarge: it has more.
    """
    if size[0] * size[1] > limit:
        raise image_cost.TooLarge


def shrink(rows: Rows, factor: int) -> Image.Image:
    """Return an image with a fraction of its width and height, 1 / `factor`, in the same mode."""
    width, height = rows.size
    small = Image.new(rows.mode, (-(-width // factor), -(-height // factor)))
    step = factor * max(1, STRIP // (width * factor))
    for top in range(0, height, step):
        strip = rows.strip(top, min(height, top + step))
        small.paste(strip.reduce(factor) if factor > 1 else strip, (0, top // factor))
    return small


def is_heif(path: Path) -> bool:
    """Return whether a file is an image in HEIF but not in AVIF, which Pillow reads itself."""
    with path.open("rb") as file:
        start = file.read(12)
    return start[4:8] == b"ftyp" and start[8:12] not in {b"avif", b"avis"}


def heif_size(path: Path) -> Size:
    """Return the width and height of an image in HEIF by its header."""
    width, height = _primary_heif(path).size
    return width, height


def _primary_heif(path: Path) -> Any:
    """Open an image in HEIF, which is not decoded yet, with little memory."""
    import pillow_heif  # noqa: PLC0415  (few images need it)

    options = pillow_heif.options
    options.DECODE_THREADS = 1
    options.THUMBNAILS = options.DEPTH_IMAGES = options.AUX_IMAGES = False
    heif = pillow_heif.open_heif(path, remove_stride=False)
    return heif[heif.primary_index]
