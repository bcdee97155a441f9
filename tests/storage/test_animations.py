"""Pictures that move go on animated: as fast, as often, and no longer than we can afford."""

import pytest
from PIL import Image, ImageDraw

from linkmsg.storage.thumbnails import ProcessedImage
from tests.support.image_samples import coloured_image, corner_colours, encoded

TURN = [["red", "green", "blue", "white"], ["green", "white", "red", "blue"]]


def film(form: str, size=(640, 320), **more) -> bytes:
    """A picture that turns by a quarter, then back, and so on."""
    frames = [coloured_image(size), coloured_image(size, turn=90), coloured_image(size)]
    given = {"duration": [200, 300, 5], "loop": 0, **more}
    return encoded(frames[0], form, save_all=True, append_images=frames[1:], **given)


def frames(path) -> list[tuple[list[str], int]]:
    """What each frame looks like, and its milliseconds."""
    with Image.open(path) as image:
        seen = []
        for number in range(image.n_frames):
            image.seek(number)
            image.load()
            seen.append((corner_colours(image), image.info["duration"]))
        return seen


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_it_goes_on_moving_in_every_width(make, form):
    made = make(film(form))
    assert (made.width, made.height, made.animated) == (640, 320, True)
    assert [each.width for each in made.copies] == [320, 640, 640]
    for each in made.copies:
        assert frames(each.path) == [(TURN[0], 200), (TURN[1], 300), (TURN[0], 100)]


def test_an_avif_goes_on_moving(make):
    made = make(film("AVIF", duration=[200, 300, 400]))
    assert made.animated
    assert frames(made.copies[0].path) == [(TURN[0], 200), (TURN[1], 300), (TURN[0], 400)]


@pytest.mark.parametrize(
    ("form", "loop", "plays"),
    [("GIF", 0, 0), ("GIF", None, 1), ("GIF", 2, 3), ("PNG", 0, 0), ("PNG", 2, 2), ("WEBP", 3, 3)],
)
def test_it_plays_as_often(make, form, loop, plays):
    made = make(film(form, loop=loop))
    with Image.open(made.copies[0].path) as image:
        assert image.info["loop"] == plays


def test_a_png_for_those_who_can_not_show_it_moving_is_left_out(make):
    made = make(film("PNG", default_image=True, duration=[200, 300]))
    assert [looks for looks, _ in frames(made.copies[0].path)] == [TURN[1], TURN[0]]


def test_what_is_clear_stays_clear_in_every_frame(make):
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


def test_one_that_has_too_much_is_shown_as_its_first_frame(make):
    still = Image.new("1", (5000, 4000))
    made = make(
        encoded(still, "GIF", save_all=True, append_images=[Image.new("1", (5000, 4000), 1), still])
    )
    assert not made.animated
    with Image.open(made.copies[0].path) as image:
        assert image.n_frames == 1


def test_photos_beside_a_photo_are_no_frames(make):
    made = make(
        encoded(coloured_image(), "MPO", save_all=True, append_images=[coloured_image(turn=90)])
    )
    assert not made.animated
    assert frames_of_one(made) == TURN[0]


def frames_of_one(made: ProcessedImage) -> list[str]:
    with Image.open(made.copies[0].path) as image:
        return corner_colours(image)
