"""A picture loses what it says beside itself, and nothing of itself."""

from io import BytesIO

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from linkmsg.storage.image_metadata import UnsupportedImage, strip_metadata
from tests.support.image_samples import coloured_image, encoded

PLACE = b"59 deg 20' N"


def told(turn: int = 1) -> bytes:
    """EXIF with a place, a maker and how the picture is turned."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = turn, "A camera of Ana's"
    exif.get_ifd(0x8825)[1], exif.get_ifd(0x8825)[29] = "N", PLACE.decode()
    return exif.tobytes()


def without(data, media_type, tmp_path):
    file = tmp_path / "picture"
    file.write_bytes(data)
    pieces: list[bytes] = []
    strip_metadata(file, media_type, pieces.append)
    return b"".join(pieces)


def pixels(data):
    return Image.open(BytesIO(data)).convert("RGB").tobytes()


@pytest.mark.parametrize("progressive", [True, False])
def test_a_jpeg_keeps_its_pixels_profile_and_turn_and_loses_the_place(tmp_path, progressive):
    more = {"progressive": progressive, "comment": b"secret", "xmp": b"<x:xmpmeta>secret"}
    data = encoded(coloured_image(), "JPEG", exif=told(6), icc_profile=b"profile" * 9, **more)
    data += b"a second picture with its own Exif\0\0"
    assert PLACE in data
    made = without(data, "image/jpeg", tmp_path)
    shown = Image.open(BytesIO(made))
    assert dict(shown.getexif()) == {0x0112: 6}
    assert shown.info["icc_profile"] == b"profile" * 9
    assert pixels(made) == pixels(data)
    for word in (PLACE, b"secret", b"camera", b"second"):
        assert word not in made


def test_a_jpeg_that_says_nothing_stays_as_it_is(tmp_path):
    data = encoded(coloured_image(), "JPEG")
    assert without(data, "image/jpeg", tmp_path) == data


def test_a_png_loses_its_words(tmp_path):
    words = PngInfo()
    words.add_text("Location", PLACE.decode())
    words.add_itxt("XML:com.adobe.xmp", "secret")
    data = encoded(coloured_image(mode="RGBA"), "PNG", pnginfo=words, exif=told())
    made = without(data, "image/png", tmp_path)
    assert PLACE not in made
    assert b"secret" not in made
    assert pixels(made) == pixels(data)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_webp_loses_its_words(tmp_path, mode):
    data = encoded(
        coloured_image(mode=mode), "WEBP", exif=told(), xmp=b"<x>secret</x>", lossless=True
    )
    made = without(data, "image/webp", tmp_path)
    assert PLACE not in made
    assert b"secret" not in made
    assert not Image.open(BytesIO(made)).getexif()
    assert pixels(made) == pixels(data)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_file_that_ends_too_soon_or_is_of_another_kind_is_not_understood(tmp_path, form):
    data, media_type = encoded(coloured_image(), form, exif=told()), f"image/{form.lower()}"
    for size in (0, 3, 14, 60, len(data) // 2):
        try:
            made = without(data[:size], media_type, tmp_path)
        except UnsupportedImage:
            continue
        assert PLACE not in made
    with pytest.raises(UnsupportedImage):
        without(data, "image/avif", tmp_path)
