"""What an image costs is known from its structure, and too much is refused before decoding."""

import pytest
from PIL import Image

from linkmsg.storage.thumbnails import SCRIPT, ImageRejection, ProcessedImage
from tests.support.costly_images import (
    gif_with_frames,
    jpeg_with_scans,
    jpeg_with_segments,
    png_with_chunks,
    webp_with_chunks,
)
from tests.support.image_samples import coloured_image, encoded

MOTION_PHOTO = encoded(coloured_image(), "JPEG") + b"\xff\xda\0\4" * 200


@pytest.mark.parametrize(
    "data",
    [
        jpeg_with_scans(101),
        jpeg_with_scans(13, (7200, 7200)),
        jpeg_with_segments(50_000),
        png_with_chunks(50_000),
        webp_with_chunks(50_000),
        gif_with_frames(500_001),
    ],
    ids=["scans", "large scans", "segments", "PNG chunks", "WebP chunks", "GIF blocks"],
)
def test_costly_structure_is_refused_and_the_child_lives(thumbnailer, make, cut, data):
    make(encoded(coloured_image(), "PNG"))
    child = thumbnailer.processes[-1].pid
    assert make(data) is ImageRejection.HEAVY
    assert cut(data) is ImageRejection.HEAVY
    assert thumbnailer.processes[-1].pid == child


@pytest.mark.parametrize(
    "data",
    [
        jpeg_with_scans(100),
        encoded(coloured_image((7300, 5400)), "JPEG", progressive=True, quality=90),
        MOTION_PHOTO,
        jpeg_with_segments(1000),
        png_with_chunks(10_000),
        encoded(coloured_image(), "PNG") + bytes(700_000),
        webp_with_chunks(1000),
    ],
    ids=["scans", "40 megapixels", "motion photo", "segments", "PNG", "PNG with more", "WebP"],
)
def test_ordinary_structure_is_accepted(make, cut, data):
    assert isinstance(make(data), ProcessedImage)
    assert isinstance(cut(data), ProcessedImage)


@pytest.mark.parametrize(
    ("data", "animated"),
    [
        (gif_with_frames(1000), True),
        (gif_with_frames(1001), False),
        (gif_with_frames(2, junk=20_000_000), True),
        (gif_with_frames(3, last=(5000, 5000)), False),
    ],
    ids=["1,000 frames", "1,001 frames", "bytes after the frames", "frame beyond the header"],
)
def test_costly_animation_becomes_its_first_frame(make, data, animated):
    assert make(data).animated is animated


def test_gif_of_ten_seconds_stays_animated(make):
    frames = [coloured_image((480, 360), turn=90 * (number % 4)) for number in range(150)]
    made = make(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=66))
    assert made.animated
    assert [(each.width, each.height) for each in made.copies] == [(480, 360)] * 2


def test_animation_without_time_left_becomes_its_first_frame(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(SCRIPT)
    import image_copies  # noqa: PLC0415
    from opened_image import opened  # noqa: PLC0415

    monkeypatch.setattr(image_copies, "ANIMATION_SECONDS", -1)
    frames = [coloured_image(), coloured_image(turn=90)]
    source = tmp_path / "source.webp"
    frames[0].save(source, save_all=True, append_images=frames[1:])
    with opened(source) as image:
        made = image_copies.make_copies(image, source, tmp_path, [320, 1280], with_jpeg=False)
    assert made["animated"] is False
    with Image.open(made["copies"][0]["path"]) as copy:
        assert copy.n_frames == 1
