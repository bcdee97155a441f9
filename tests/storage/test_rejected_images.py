"""Bombs, invalid and truncated images are rejected, and never kill the child."""

import zlib
from random import Random

import pytest
from PIL import Image

from linkmsg.storage.thumbnails import ImageRejection, ProcessedImage
from tests.support.file_samples import chunk, png
from tests.support.image_samples import coloured_image, encoded


def test_too_many_pixels_are_rejected_by_the_header(make):
    assert make(png(8000, 8001)) is ImageRejection.LARGE
    assert (
        make(encoded(Image.new("1", (8000, 5001)), "WEBP", lossless=True)[:60])
        is ImageRejection.LARGE
    )
    jpeg = encoded(Image.new("L", (16, 16)), "JPEG")
    start = jpeg.index(b"\xff\xc0") + 5
    assert make(jpeg[:start] + b"\x40\0" * 2 + jpeg[start + 4 :]) is ImageRejection.LARGE


def test_photos_of_phones_are_accepted(make):
    """Phones of today make photos of 50 megapixels, some of 200."""
    for size in ((8192, 6144), (16320, 12240)):
        made = make(encoded(Image.new("L", size), "JPEG"))
        assert (made.width, made.height) == size
        assert made.copies[1].width == 1280


def test_decompression_bomb_is_rejected(make):
    pixels = zlib.compress(bytes(30_000 * 3 + 1) * 10)
    assert make(png(30_000, 30_000, chunk(b"IDAT", pixels))) is ImageRejection.LARGE


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_truncated_image_is_rejected(make, form):
    noise = Image.effect_noise((300, 300), 80).convert("RGB")
    data = encoded(noise, form)
    assert isinstance(make(data), ProcessedImage)
    assert make(data[: len(data) // 2]) is ImageRejection.BROKEN


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8\xff\xe0" + bytes(100),
        b"GIF89a" + b"\xff" * 20,
        png(10, 10, chunk(b"IDAT", b"not deflated")),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
        encoded(coloured_image(), "BMP"),
        encoded(coloured_image(), "TIFF"),
        encoded(coloured_image(), "ICO"),
        encoded(coloured_image(), "PPM"),
    ],
    ids=["nothing", "a start", "a header", "pixels", "SVG", "EPS", "BMP", "TIFF", "ICO", "PPM"],
)
def test_invalid_or_unlisted_format_is_rejected(make, data):
    assert make(data) is ImageRejection.BROKEN


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_corrupted_image_does_not_kill_the_child(thumbnailer, make, form):
    data, chance = encoded(coloured_image(), form), Random(form)
    assert isinstance(make(data), ProcessedImage)
    child = thumbnailer.processes[-1].pid
    for _ in range(40):
        broken = bytearray(data)
        for _ in range(chance.choice((1, 3, 9))):
            broken[chance.randrange(min(300, len(data)))] = chance.choice(
                (0, 255, chance.randrange(256))
            )
        make(bytes(broken))
    assert thumbnailer.processes[-1].pid == child


def test_missing_file_can_be_retried(thumbnailer, tmp_path):
    assert thumbnailer.make_copies(tmp_path / "gone", tmp_path, 1) is ImageRejection.LATER
    (tmp_path / "source").write_bytes(encoded(coloured_image(), "PNG"))
    assert (
        thumbnailer.make_copies(tmp_path / "source", tmp_path / "gone", 1) is ImageRejection.LATER
    )
