"""Animated images stay animated, with their timing and loops, up to a size."""

import pytest
from PIL import Image, ImageDraw

from linkmsg.storage.thumbnails import ProcessedImage
from tests.support.image_samples import coloured_image, corner_colours, encoded

LOOKS = [["red", "green", "blue", "white"], ["green", "white", "red", "blue"]]


def animation(form: str, size=(640, 320), **more) -> bytes:
    """Return an animation of a square that rotates by 90 degrees and back."""
    frames = [coloured_image(size), coloured_image(size, turn=90), coloured_image(size)]
    options = {"duration": [200, 300, 5], "loop": 0, **more}
    return encoded(frames[0], form, save_all=True, append_images=frames[1:], **options)


def frames(path) -> list[tuple[list[str], int]]:
    """Return the corner colours of each frame, and its duration in ms."""
    with Image.open(path) as image:
        seen = []
        for number in range(image.n_frames):
            image.seek(number)
            image.load()
            seen.append((corner_colours(image), image.info["duration"]))
        return seen


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_every_copy_is_animated(make, form):
    made = make(animation(form))
    assert (made.width, made.height, made.animated) == (640, 320, True)
    assert [each.width for each in made.copies] == [320, 640]
    for each in made.copies:
        assert frames(each.path) == [(LOOKS[0], 200), (LOOKS[1], 300), (LOOKS[0], 100)]


def test_avif_is_animated(make):
    made = make(animation("AVIF", duration=[200, 300, 400]))
    assert made.animated
    assert frames(made.copies[0].path) == [(LOOKS[0], 200), (LOOKS[1], 300), (LOOKS[0], 400)]


@pytest.mark.parametrize(
    ("form", "loop", "plays"),
    [("GIF", 0, 0), ("GIF", None, 1), ("GIF", 2, 3), ("PNG", 0, 0), ("PNG", 2, 2), ("WEBP", 3, 3)],
)
def test_number_of_loops_is_kept(make, form, loop, plays):
    made = make(animation(form, loop=loop))
    with Image.open(made.copies[0].path) as image:
        assert image.info["loop"] == plays


def test_default_image_of_a_png_is_no_frame(make):
    made = make(animation("PNG", default_image=True, duration=[200, 300]))
    assert [looks for looks, _ in frames(made.copies[0].path)] == [LOOKS[1], LOOKS[0]]


def test_transparency_is_kept_in_every_frame(make):
    clear = Image.new("RGBA", (80, 40), (0, 0, 0, 0))
    dots = [clear.copy(), clear.copy()]
    for number, each in enumerate(dots):
        ImageDraw.Draw(each).ellipse((30 * number, 0, 30 * number + 20, 20), (220, 20, 20, 255))
    made = make(encoded(dots[0], "GIF", save_all=True, append_images=dots[1:], disposal=2))
    with Image.open(made.copies[0].path) as image:
        for number in range(2):
            image.seek(number)
            assert image.getpixel((10 + 30 * number, 10))[3] == 255
            assert image.getpixel((40 - 30 * number, 10))[3] == 0


def test_huge_animation_becomes_its_first_frame(make):
    still = Image.new("1", (5000, 4000))
    made = make(
        encoded(still, "GIF", save_all=True, append_images=[Image.new("1", (5000, 4000), 1), still])
    )
    assert not made.animated
    with Image.open(made.copies[0].path) as image:
        assert image.n_frames == 1


def test_extra_images_of_a_jpeg_are_no_frames(make):
    made = make(
        encoded(coloured_image(), "MPO", save_all=True, append_images=[coloured_image(turn=90)])
    )
    assert not made.animated
    assert corners_of_first_copy(made) == LOOKS[0]


def corners_of_first_copy(made: ProcessedImage) -> list[str]:
    with Image.open(made.copies[0].path) as image:
        return corner_colours(image)
