"""Stripping removes metadata and keeps the pixels."""

from io import BytesIO

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from linkmsg.storage.image_metadata import UnsupportedImage, strip_metadata
from tests.support.costly_images import jpeg_with_segments, png_with_chunks, webp_with_chunks
from tests.support.image_samples import PLACE, coloured_image, encoded, exif_with_place


def stripped(data, media_type, tmp_path):
    file = tmp_path / "picture"
    file.write_bytes(data)
    pieces: list[bytes] = []
    strip_metadata(file, media_type, pieces.append)
    return b"".join(pieces)


def pixels(data):
    return Image.open(BytesIO(data)).convert("RGB").tobytes()


@pytest.mark.parametrize("progressive", [True, False])
def test_jpeg_keeps_pixels_profile_and_orientation(tmp_path, progressive):
    more = {"progressive": progressive, "comment": b"secret", "xmp": b"<x:xmpmeta>secret"}
    data = encoded(
        coloured_image(), "JPEG", exif=exif_with_place(6), icc_profile=b"profile" * 9, **more
    )
    data += b"a second picture with its own Exif\0\0"
    assert PLACE in data
    made = stripped(data, "image/jpeg", tmp_path)
    shown = Image.open(BytesIO(made))
    assert dict(shown.getexif()) == {0x0112: 6}
    assert shown.info["icc_profile"] == b"profile" * 9
    assert pixels(made) == pixels(data)
    for word in (PLACE, b"secret", b"camera", b"second"):
        assert word not in made


def test_jpeg_without_metadata_is_unchanged(tmp_path):
    data = encoded(coloured_image(), "JPEG")
    assert stripped(data, "image/jpeg", tmp_path) == data


def test_png_loses_its_metadata(tmp_path):
    words = PngInfo()
    words.add_text("Location", PLACE.decode())
    words.add_itxt("XML:com.adobe.xmp", "secret")
    data = encoded(coloured_image(mode="RGBA"), "PNG", pnginfo=words, exif=exif_with_place())
    made = stripped(data, "image/png", tmp_path)
    assert PLACE not in made
    assert b"secret" not in made
    assert pixels(made) == pixels(data)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_webp_loses_its_metadata(tmp_path, mode):
    data = encoded(
        coloured_image(mode=mode),
        "WEBP",
        exif=exif_with_place(),
        xmp=b"<x>secret</x>",
        lossless=True,
    )
    made = stripped(data, "image/webp", tmp_path)
    assert PLACE not in made
    assert b"secret" not in made
    assert not Image.open(BytesIO(made)).getexif()
    assert pixels(made) == pixels(data)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_truncated_or_unsupported_image_is_refused(tmp_path, form):
    data, media_type = (
        encoded(coloured_image(), form, exif=exif_with_place()),
        f"image/{form.lower()}",
    )
    for size in (0, 3, 14, 60, len(data) // 2):
        try:
            made = stripped(data[:size], media_type, tmp_path)
        except UnsupportedImage:
            continue
        assert PLACE not in made
    with pytest.raises(UnsupportedImage):
        stripped(data, "image/avif", tmp_path)


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (jpeg_with_segments(50_000), "image/jpeg"),
        (png_with_chunks(50_000), "image/png"),
        (webp_with_chunks(50_000), "image/webp"),
    ],
    ids=["JPEG", "PNG", "WebP"],
)
def test_image_of_too_many_parts_is_refused(tmp_path, data, media_type):
    with pytest.raises(UnsupportedImage):
        stripped(data, media_type, tmp_path)


def test_padding_is_looked_at_once(tmp_path):
    data = encoded(coloured_image(), "JPEG")
    padded = data[:-2] + b"\xff" * 20_000_000 + b"\0\xff\xd9"
    assert stripped(padded, "image/jpeg", tmp_path) == padded
