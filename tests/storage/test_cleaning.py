"""Cleaning removes metadata, and keeps pictures and sound as they are."""

import struct
from io import BytesIO
from random import Random

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from linkmsg.storage.thumbnails import ImageRejection
from tests.support.costly_images import jpeg_with_segments, png_with_chunks, webp_with_chunks
from tests.support.file_samples import box, chunk
from tests.support.image_samples import PLACE, coloured_image, encoded, exif_with_place
from tests.support.private_media import FOLDER, made_by_encoders

FORMATS = {
    "jpg": "jpeg",
    "png": "png",
    "gif": "gif",
    "webp": "webp",
    "tif": "tiff",
    "avif": "iso",
    "heic": "iso",
    "jp2": "still",
    "avi": "avi",
    "flac": "flac",
    "wav": "wav",
    "mp3": "mp3",
    "aac": "aac",
    "aiff": "aiff",
    "caf": "caf",
    **dict.fromkeys(("mp4", "mov", "3gp", "m4a"), "iso"),
    **dict.fromkeys(("mkv", "webm"), "matroska"),
    **dict.fromkeys(("opus", "ogg", "ogv"), "ogg"),
}


def frames(data):
    """Return the pixels of each frame of an image."""
    with Image.open(BytesIO(data)) as image:
        found = []
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            found.append(image.convert("RGBA").tobytes())
        return found


@pytest.mark.parametrize("progressive", [True, False])
def test_jpeg_keeps_pixels_profile_and_orientation(clean, progressive):
    more = {"progressive": progressive, "comment": b"secret", "xmp": b"<x:xmpmeta>secret"}
    data = encoded(
        coloured_image(), "JPEG", exif=exif_with_place(6), icc_profile=b"profile" * 9, **more
    )
    data += b"a second picture with its own Exif\0\0"
    assert PLACE in data
    made = clean(data, "jpeg")
    shown = Image.open(BytesIO(made))
    assert dict(shown.getexif()) == {0x0112: 6}
    assert shown.info["icc_profile"] == b"profile" * 9
    assert frames(made) == frames(data)
    for word in (PLACE, b"secret", b"camera", b"second"):
        assert word not in made


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP"])
def test_image_without_metadata_is_unchanged(clean, form):
    data = encoded(coloured_image(), form)
    assert clean(data, form.lower()) == data


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_orientation_is_kept(clean, form):
    words = {"pnginfo": PngInfo()} if form == "PNG" else {"xmp": b"<x>secret</x>"}
    if form == "PNG":
        words["pnginfo"].add_text("Location", PLACE.decode())
        words["pnginfo"].add_itxt("XML:com.adobe.xmp", "secret")
    for turn in (1, 3, 8):
        exif = exif_with_place(turn)
        data = encoded(coloured_image(mode="RGBA"), form, exif=exif, lossless=True, **words)
        made = clean(data, form.lower())
        assert dict(Image.open(BytesIO(made)).getexif()) == ({} if turn == 1 else {0x0112: turn})
        assert frames(made) == frames(data)
        assert PLACE not in made
        assert b"secret" not in made


def test_end_of_a_jpeg_is_added(clean):
    whole = encoded(Image.effect_noise((300, 300), 80), "JPEG")
    for size in (len(whole) - 1, len(whole) - 2, len(whole) // 2):
        made = clean(whole[:size], "jpeg")
        assert made.endswith(b"\xff\xd9")
        with Image.open(BytesIO(made)) as image, Image.open(BytesIO(whole)) as complete:
            assert image.getpixel((9, 9)) == complete.getpixel((9, 9))


PICTURES = [each for each in made_by_encoders() if each.split(".")[1] in "jpg png gif webp tif jp2"]


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_of_encoders_look_the_same(clean, name):
    data = made_by_encoders()[name]
    made = clean(data, FORMATS[name.split(".")[1]])
    assert made != data
    assert frames(made) == frames(data)


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (jpeg_with_segments(50_000), "jpeg"),
        (png_with_chunks(50_000), "png"),
        (webp_with_chunks(50_000), "webp"),
        (box(b"ftyp", b"isom") + box(b"free") * 50_000, "iso"),
        (b"", "jpeg"),
        (b"", "matroska"),
        (box(b"ftyp", b"isom") + box(b"mdat", bytes(99)), "iso"),
        (b"II*\0\x08\0\0\0\xff\xff" + bytes(50), "tiff"),
        (b"OggS" + bytes(50), "ogg"),
        (b"fLaC\0\0\0\x22", "flac"),
    ],
)
def test_file_that_cannot_be_read_is_not_cleaned(clean, data, form):
    assert clean(data, form) is ImageRejection.UNCLEAN


@pytest.mark.parametrize("name", made_by_encoders())
def test_damaged_files_never_kill_the_child(thumbnailer, clean, name):
    data, chance = made_by_encoders()[name], Random(name)
    form = FORMATS[name.split(".")[1]]
    clean(data, form)
    child = thumbnailer.processes[-1].pid
    for number in range(12):
        broken = bytearray(data[: chance.randrange(len(data))] if number % 3 == 0 else data)
        for _ in range(chance.choice((1, 3, 9))):
            broken[chance.randrange(len(broken))] = chance.choice((0, 1, 255))
        clean(bytes(broken), form)
    assert thumbnailer.processes[-1].pid == child


def test_padding_is_looked_at_once(clean):
    data = encoded(coloured_image(), "JPEG")
    padded = data[:-2] + b"\xff" * 20_000_000 + b"\0\xff\xd9"
    assert clean(padded, "jpeg") == padded


def test_times_of_a_camcorder_are_removed_from_frames(clean):
    name = bytes.fromhex("17ee8c60f84d11d98cd60800200c9a66")
    film = (FOLDER / "film.mp4").read_bytes()
    message = b"\x06\x05\x2a" + name + b"MDPM LeakMake 2021-03-04 .."
    at = film.index(b"mdat") + 60
    film = film[:at] + message + film[at + len(message) :]
    made = clean(film, "iso")
    assert b"Leak" not in made[made.index(b"mdat") :]
    assert len(made) == len(film)


def test_unused_bytes_of_a_tiff_are_removed(clean):
    data = (FOLDER / "pages.tif").read_bytes()
    assert b"Leak" in data
    made = clean(data, "tiff")
    assert len(made) == len(data)
    assert struct.unpack_from("<I", made, 4) == struct.unpack_from("<I", data, 4)
    assert b"Leak" not in clean(data + b"LeakMake", "tiff")


def test_unknown_chunks_are_removed(clean):
    data = encoded(coloured_image(), "PNG")
    assert clean(data[:33] + chunk(b"leAk", b"59.33") + data[33:], "png") == data
