"""Small pictures that are made as they are needed, with a corner of each colour."""

from io import BytesIO
from typing import Any

from PIL import Image

RED, GREEN, BLUE, WHITE = (220, 20, 20), (20, 200, 20), (20, 20, 220), (250, 250, 250)
# EXIF that says how to turn a picture, by the number it uses.
EXIF_ORIENTATIONS = {}
for _number in range(1, 9):
    _exif = Image.Exif()
    _exif[0x0112] = _number
    EXIF_ORIENTATIONS[_number] = _exif.tobytes()


def coloured_image(
    size: tuple[int, int] = (80, 40), mode: str = "RGB", *, turn: int = 0
) -> Image.Image:
    """Red, green / blue, white, and turned by so many degrees against the clock."""
    corner_colours = Image.new("RGB", (2, 2))
    for at, colour in enumerate((RED, GREEN, BLUE, WHITE)):
        corner_colours.putpixel((at % 2, at // 2), colour)
    return corner_colours.rotate(turn).resize(size, Image.Resampling.NEAREST).convert(mode)


def encoded(made: Image.Image, form: str, **more: Any) -> bytes:
    """A picture as a file of this format."""
    file = BytesIO()
    made.save(file, form, **more)
    return file.getvalue()


def corner_colours(shown: Image.Image) -> list[str]:
    """The colours of its corners: upper left and right, lower left and right."""
    shown = shown.convert("RGB")
    w, h = shown.width - 1, shown.height - 1
    places = [
        (w // 8, h // 8),
        (w - w // 8, h // 8),
        (w // 8, h - h // 8),
        (w - w // 8, h - h // 8),
    ]
    return [_name(shown.getpixel(each)) for each in places]


def _name(pixel: Any) -> str:
    named = {"red": RED, "green": GREEN, "blue": BLUE, "white": WHITE}
    return min(
        named, key=lambda each: sum(abs(a - b) for a, b in zip(named[each], pixel, strict=True))
    )
