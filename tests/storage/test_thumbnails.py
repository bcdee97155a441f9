"""Thumbnails look like their images, and have no metadata."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from linkmsg.storage.thumbnails import SQUARES, ImageRejection, ProcessedImage
from tests.support.image_samples import EXIF_ORIENTATIONS, coloured_image, corner_colours, encoded


def sizes(made: ProcessedImage) -> list[tuple[int, int]]:
    return [(each.width, each.height) for each in made.copies]


def shown(path: Path) -> Image.Image:
    with Image.open(path) as image:
        image.load()
        return image


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_copies_have_two_widths(make, form):
    made = make(encoded(coloured_image((1400, 70)), form))
    assert (made.width, made.height, made.animated) == (1400, 70, False)
    assert sizes(made) == [(320, 16), (1280, 64)]
    for each in made.copies:
        image = shown(each.path)
        assert (image.format, image.size) == ("WEBP", (each.width, each.height))
        assert corner_colours(image) == ["red", "green", "blue", "white"]


def test_small_image_is_not_enlarged_and_copied_once(make):
    made = make(encoded(coloured_image((200, 50)), "PNG"))
    assert sizes(made) == [(200, 50)] * 2
    assert len({each.path for each in made.copies}) == 1


def test_extreme_shapes_keep_a_pixel_and_fit_webp(make):
    assert sizes(make(encoded(Image.new("L", (5000, 1)), "PNG")))[0] == (320, 1)
    assert sizes(make(encoded(Image.new("L", (1, 20_000)), "PNG"))) == [(1, 16_383)] * 2


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize(
    ("orientation", "expected"),
    [
        (1, ["red", "green", "blue", "white"]),
        (2, ["green", "red", "white", "blue"]),
        (3, ["white", "blue", "green", "red"]),
        (4, ["blue", "white", "red", "green"]),
        (5, ["red", "blue", "green", "white"]),
        (6, ["blue", "red", "white", "green"]),
        (7, ["white", "green", "blue", "red"]),
        (8, ["green", "white", "red", "blue"]),
    ],
)
def test_copies_are_upright(make, form, orientation, expected):
    data = encoded(coloured_image((80, 40)), form, exif=EXIF_ORIENTATIONS[orientation])
    made = make(data)
    assert (made.width, made.height) == ((40, 80) if orientation > 4 else (80, 40))
    assert corner_colours(shown(made.copies[0].path)) == expected


def with_metadata(form: str) -> bytes:
    """Return an image with every kind of metadata that its format has."""
    exif = Image.Exif()
    exif[0x010F] = "Secret camera"
    exif.get_ifd(0x8825)[2] = (59.0, 19.0, 45.0)
    more = {
        "exif": exif.tobytes(),
        "icc_profile": ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
    }
    if form == "PNG":
        more["pnginfo"] = PngImagePlugin.PngInfo()
        more["pnginfo"].add_text("Author", "Secret author")
    else:
        more["xmp"] = b"<x:xmpmeta>Secret author</x:xmpmeta>"
    return encoded(coloured_image(), form, **more)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_copies_have_no_metadata(make, cut, form):
    data = with_metadata(form)
    assert b"Secret author" in data
    for made in (make(data), cut(data)):
        for each in made.copies:
            image = shown(each.path)
            assert not {"exif", "xmp", "icc_profile", "comment"} & image.info.keys()
            assert not image.getexif()
            assert b"Secret" not in each.path.read_bytes()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA"])
def test_every_colour_mode_is_converted(make, mode):
    made = make(
        encoded(
            Image.linear_gradient("L").convert("RGBA" if "A" in mode else "L").convert(mode), "PNG"
        )
    )
    image = shown(made.copies[0].path).convert("L")
    assert image.getpixel((128, 20)) < 60
    assert image.getpixel((128, 235)) > 190


@pytest.mark.parametrize("size", [(256, 256), (4000, 4000)])
def test_16_bit_grey_has_the_right_tones(make, size):
    grey = Image.linear_gradient("L").resize(size, Image.Resampling.NEAREST)
    deep = Image.frombytes("I;16", size, grey.convert("LA").tobytes(), "raw", "I;16B")
    data = encoded(deep, "PNG")
    assert Image.open(BytesIO(data)).mode == "I;16"
    image = shown(make(data).copies[0].path).convert("L")
    tones = [image.getpixel((image.width // 2, image.height * part // 8)) for part in range(8)]
    assert tones == pytest.approx([0, 32, 64, 96, 128, 160, 192, 224], abs=4)


def test_cmyk_is_converted(make):
    made = make(encoded(coloured_image(mode="CMYK"), "JPEG"))
    assert corner_colours(shown(made.copies[0].path)) == ["red", "green", "blue", "white"]


def test_colour_profile_is_converted_to_srgb(make):
    swapped = encoded(coloured_image(), "JPEG", icc_profile=swapping_profile(), quality=95)
    made = make(swapped)
    assert corner_colours(shown(made.copies[0].path)) == ["green", "red", "blue", "white"]


def swapping_profile() -> bytes:
    """Return a colour profile with red and green swapped."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = profile.index(b"rXYZ"), profile.index(b"gXYZ")
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(profile)


def test_invalid_colour_profile_is_ignored(make):
    made = make(encoded(coloured_image(), "JPEG", icc_profile=b"no profile" * 50))
    assert corner_colours(shown(made.copies[0].path)) == ["red", "green", "blue", "white"]


def test_transparency_is_kept(make):
    clear = coloured_image(mode="RGBA")
    clear.putalpha(Image.new("L", clear.size, 0))
    clear.paste(coloured_image((20, 40), "RGBA"), (0, 0))
    image = shown(make(encoded(clear, "PNG")).copies[0].path)
    assert image.mode == "RGBA"
    assert image.getpixel((70, 20))[3] == 0
    assert image.getpixel((5, 5))[3] == 255


def test_squares_are_cut_from_the_centre(cut):
    made = cut(encoded(coloured_image((800, 400)), "PNG"))
    assert sizes(made) == [(side, side) for side in SQUARES]
    assert (made.width, made.height) == (800, 400)
    for each in made.copies:
        assert corner_colours(shown(each.path)) == ["red", "green", "blue", "white"]


def test_box_refers_to_the_upright_image(cut):
    data = encoded(
        coloured_image((80, 40)), "JPEG", exif=EXIF_ORIENTATIONS[6], quality=95, subsampling=0
    )
    made = cut(data, (20, 0, 40, 20))
    assert sizes(made) == [(20, 20)] * 3
    assert corner_colours(shown(made.copies[0].path)) == ["red"] * 4


@pytest.mark.parametrize("box", [(-10, -10, 30, 30), (0, 0, 999, 999), (0, 0, 40, 10**12)])
def test_box_beyond_the_image_is_clamped(cut, box):
    made = cut(encoded(coloured_image((80, 40)), "PNG"), box)
    assert all(each.width == each.height <= 40 for each in made.copies)


@pytest.mark.parametrize("box", [(10, 10, 10, 20), (20, 20, 10, 10), (90, 0, 99, 9)])
def test_empty_box_is_rejected(cut, box):
    assert cut(encoded(coloured_image((80, 40)), "PNG"), box) is ImageRejection.BROKEN
