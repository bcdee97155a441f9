"""Images that cost a server as much as they can, and a photo that does not."""

from io import BytesIO
from typing import Any

from PIL import Image


def encoded(image: Image.Image, form: str, **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def jpeg_with_scans(number: int) -> bytes:
    """Return a progressive grey JPEG of 12 megapixels with this many passes over the image."""
    data = encoded(Image.new("L", (4000, 3000), 128), "JPEG", progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + last * (number - data.count(b"\xff\xda")) + b"\xff\xd9"


def gif_of_two_frames(size: tuple[int, int]) -> bytes:
    first, second = (Image.new("L", size, shade) for shade in (0, 200))
    return encoded(first, "GIF", save_all=True, append_images=[second])


def photo() -> bytes:
    """Return a JPEG of 12 megapixels with some grain."""
    grain = Image.effect_noise((1000, 750), 40).resize((4000, 3000))
    return encoded(grain.convert("RGB"), "JPEG", quality=85)
