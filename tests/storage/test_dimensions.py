"""How large a picture is shown is known before anything of it is decoded."""

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from linkmsg.storage.dimensions import dimensions
from tests.storage.pictures import TURNS, picture, saved
from tests.storage.samples import png

FORMATS = ["JPEG", "PNG", "GIF", "WEBP", "AVIF"]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("size", [(1, 1), (70, 41), (300, 2)])
def test_they_are_read_from_the_header(form, size):
    assert dimensions(BytesIO(saved(picture(size), form))) == size


@pytest.mark.parametrize("more", [{"lossless": True}, {"exif": b"Exif\0\0II*\0"}])
def test_they_are_read_from_every_kind_of_webp(more):
    assert dimensions(BytesIO(saved(picture((70, 41)), "WEBP", **more))) == (70, 41)


def test_they_are_read_from_a_jpeg_in_scans():
    assert dimensions(BytesIO(saved(picture((70, 41)), "JPEG", progressive=True))) == (70, 41)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("turn", range(1, 9))
def test_they_are_turned_as_the_picture_is_shown(form, turn):
    data = saved(picture((70, 41)), form, exif=TURNS[turn])
    assert dimensions(BytesIO(data)) == ((41, 70) if turn > 4 else (70, 41))


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP", "AVIF"])
def test_a_moving_picture_has_them_too(form):
    frames = [picture((70, 41)), picture((70, 41), turn=90)]
    data = saved(frames[0], form, save_all=True, append_images=frames[1:])
    assert dimensions(BytesIO(data)) == (70, 41)


def test_what_stands_before_them_is_skipped():
    profile = b"x" * 300_000
    data = saved(picture((70, 41)), "JPEG", icc_profile=profile, exif=TURNS[6])
    assert dimensions(BytesIO(data)) == (41, 70)
    assert dimensions(BytesIO(data[:100_000])) is None


def test_forty_megapixels_are_the_most():
    assert dimensions(BytesIO(png(8000, 5000))) == (8000, 5000)
    assert dimensions(BytesIO(png(8000, 5001))) is None
    assert dimensions(BytesIO(png(2**31, 2**31))) is None
    assert dimensions(BytesIO(png(0, 10))) is None


@pytest.mark.parametrize("data", [b"", b"hello", b"%PDF-1.7", b"<svg width='10' height='10'/>"])
def test_what_is_no_picture_has_none(data):
    assert dimensions(BytesIO(data)) is None


def test_they_are_as_pillow_has_them():
    data = saved(picture((70, 41)), "JPEG")
    assert dimensions(BytesIO(data)) == Image.open(BytesIO(data)).size


STARTS = [
    saved(picture((20, 10)), form, **({"exif": TURNS[6]} if form != "GIF" else {}))
    for form in FORMATS
]


@settings(deadline=None)
@given(st.sampled_from(STARTS), st.data())
def test_a_header_that_lies_raises_nothing(start, data):
    broken = bytearray(start[: data.draw(st.integers(0, len(start)))])
    if broken:
        places = st.tuples(st.integers(0, min(400, len(broken)) - 1), st.integers(0, 255))
        for at, byte in data.draw(st.lists(places, max_size=6)):
            broken[at] = byte
    size = dimensions(BytesIO(bytes(broken)))
    assert size is None or 0 < size[0] * size[1] <= 40_000_000
