"""Small test images with a different colour in each corner."""

from io import BytesIO
from typing import Any

from PIL import Image

RED, GREEN, BLUE, WHITE = (220, 20, 20), (20, 200, 20), (20, 20, 220), (250, 250, 250)
# The place in the EXIF data below.
PLACE = b"59 deg 20' N"
# EXIF data by its value of the orientation.
EXIF_ORIENTATIONS = {}
for _number in range(1, 9):
    _exif = Image.Exif()
    _exif[0x0112] = _number
    EXIF_ORIENTATIONS[_number] = _exif.tobytes()


def coloured_image(
    size: tuple[int, int] = (80, 40), mode: str = "RGB", *, turn: int = 0
) -> Image.Image:
    """Return an image of four coloured rectangles, `turn` degrees rotated counterclockwise.

    Unrotated they are red and green above blue and white.
    """
    image = Image.new("RGB", (2, 2))
    for at, colour in enumerate((RED, GREEN, BLUE, WHITE)):
        image.putpixel((at % 2, at // 2), colour)
    return image.rotate(turn).resize(size, Image.Resampling.NEAREST).convert(mode)


def encoded(image: Image.Image, form: str, **options: Any) -> bytes:
    """Return an image as the bytes of a file; `form` is Pillow's name of the format."""
    file = BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def corner_colours(image: Image.Image) -> list[str]:
    """Return the names of the colours in the corners: upper left and right, then lower."""
    image = image.convert("RGB")
    w, h = image.width - 1, image.height - 1
    places = [
        (w // 8, h // 8),
        (w - w // 8, h // 8),
        (w // 8, h - h // 8),
        (w - w // 8, h - h // 8),
    ]
    return [_colour_name(image.getpixel(each)) for each in places]


def exif_with_place(orientation: int = 1) -> bytes:
    """Return EXIF data with an orientation, and a place and camera that must not be published."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, "A camera of Ana's"
    exif.get_ifd(0x8825)[1], exif.get_ifd(0x8825)[29] = "N", PLACE.decode()
    return exif.tobytes()


def _colour_name(pixel: Any) -> str:
    colours = {"red": RED, "green": GREEN, "blue": BLUE, "white": WHITE}
    return min(
        colours, key=lambda each: sum(abs(a - b) for a, b in zip(colours[each], pixel, strict=True))
    )
