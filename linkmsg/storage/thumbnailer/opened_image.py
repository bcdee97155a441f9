"""Opens an image and decodes it upright, in sRGB, and no larger than it is needed."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path

import image_cost
import image_rows
from image_rows import HeifRows, PillowRows, Rows, Size, shrink
from PIL import Image, ImageCms, ImageOps

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
ORIENTATION, TURNED = 0x0112, {5, 6, 7, 8}
SRGB = ImageCms.createProfile("sRGB")


class OpenedImage:
    """An image whose file is open: `size` is its width and height once it is turned upright.

    `image` is what Pillow opened; None for HEIF.
    """

    def __init__(self, rows: Rows, image: Image.Image | None = None) -> None:
        self.image, self._rows = image, rows
        self.turn = image.getexif().get(ORIENTATION, 1) if image else 1
        width, height = rows.size
        self.size: Size = (height, width) if self.turn in TURNED else (width, height)

    def decode(self, needed: Size) -> Image.Image:
        """Return the image with at least the needed size, upright, as RGB or RGBA in sRGB.

        It may have its full size, or a fraction of it.
        """
        if self.turn in TURNED:
            needed = (needed[1], needed[0])
        rows = self._rows
        if self.image and self.image.format in {"JPEG", "MPO"}:
            self.image.draft(None, needed)
            rows = PillowRows(self.image)
        factor = min(rows.size[0] // max(1, needed[0]), rows.size[1] // max(1, needed[1]))
        small = shrink(rows, max(1, factor))
        rows.close()
        if self.image:
            small.getexif()[ORIENTATION] = self.turn
            ImageOps.exif_transpose(small, in_place=True)
        return to_srgb(small, rows.profile) if rows.profile else small


@contextmanager
def opened(path: Path) -> Iterator[OpenedImage]:
    """Open an image.

    Raises:
        TooLarge: it has too many pixels.
        OSError: it can't be read.
    """
    if image_rows.is_heif(path):
        yield OpenedImage(HeifRows(path))
        return
    image_rows.check_size(image_cost.webp_size(path) or (0, 0), image_rows.MAX_OTHER_PIXELS)
    with Image.open(path, formats=FORMATS) as image:
        limit = image_rows.MAX_PIXELS.get(image.format or "", image_rows.MAX_OTHER_PIXELS)
        image_rows.check_size(image.size, limit)
        yield OpenedImage(PillowRows(image), image)


def count_pixels(path: Path) -> int:
    """Return how many pixels an image has by its header; 0 if they are unknown."""
    with suppress(Exception):
        width, height = _header_size(path)
        return width * height
    return 0


def _header_size(path: Path) -> Size:
    if image_rows.is_heif(path):
        return image_rows.heif_size(path)
    size = image_cost.webp_size(path)
    if size:
        return size
    with Image.open(path, formats=FORMATS) as image:
        return image.size


def to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Convert an image from its colour profile to sRGB; an invalid profile is ignored."""
    with suppress(ImageCms.PyCMSError, OSError):
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        if image.mode == "CMYK":
            return ImageCms.profileToProfile(image, source, SRGB, outputMode="RGB") or image
        ImageCms.profileToProfile(image, source, SRGB, inPlace=True)
    return image.convert("RGB") if image.mode == "CMYK" else image
