"""Pictures, films and sound that say where, when and with what they were made.

The files in the folder `media` were made by real encoders (see `make.sh` there); damaged ones and
those with unusual parts are made of them here.
"""

import struct
from datetime import UTC, datetime
from pathlib import Path

from tests.support.file_samples import box, chunk

FOLDER = Path(__file__).with_name("media")
# What must not be in what others can fetch.
WORDS = (b"Leak", b"2021:03:04", b"2021-03-04", b"20210304", b"59.33", b"5933.", b"05:06:07")
MADE_AT = datetime(2021, 3, 4, 5, 6, 7, tzinfo=UTC)
# The same time in the headers of MP4 (seconds since 1904) and Matroska (nanoseconds since 2001),
# and the place in Exif: degrees, minutes and seconds.
SINCE_1904 = struct.pack(">I", int((MADE_AT - datetime(1904, 1, 1, tzinfo=UTC)).total_seconds()))
SINCE_2001 = struct.pack(
    ">Q", int((MADE_AT - datetime(2001, 1, 1, tzinfo=UTC)).total_seconds()) * 10**9
)
LATITUDE = tuple(struct.pack(f"{order}4I", 59, 1, 20, 1) for order in "<>")
SECRETS = (*WORDS, SINCE_1904, SINCE_2001, *LATITUDE)


def made_by_encoders() -> dict[str, bytes]:
    """Return the files that others can fetch once they are cleaned, by their names."""
    refused = {"make.sh", "film.ts"}
    return {
        path.name: path.read_bytes()
        for path in sorted(FOLDER.iterdir())
        if path.name not in refused
    }


def damaged() -> dict[str, bytes]:
    """Return damaged and unusual files, which are sent all the same."""
    jpeg, png, webp, gif, tiff, film, sound, note = (
        (FOLDER / name).read_bytes()
        for name in (
            *("photo.jpg", "photo.png", "photo.webp", "moving.gif", "pages.tif"),
            *("phone.mov", "sound.mp3", "sound.opus"),
        )
    )
    comment = b"\xff\xfe\0\x14LeakComment 59.3345"[:22]
    text = chunk(b"tEXt", b"Comment\0LeakComment 59.3345")
    return {
        "without its end.jpg": jpeg[:-2],
        "cut off.jpg": jpeg[: len(jpeg) - 900],
        "comments.jpg": jpeg[:2] + comment * 2000 + jpeg[2:],
        "motion.jpg": jpeg + film,
        "two pictures.jpg": jpeg + jpeg,
        "cut off.png": png[:-30],
        "with more.png": png + jpeg,
        "texts.png": png[:33] + text * 2000 + png[33:],
        "cut off.webp": webp[: len(webp) // 2],
        "with more.webp": webp + jpeg,
        "cut off.gif": gif[: len(gif) // 2],
        "with more.gif": gif + jpeg,
        "with more.tif": tiff + jpeg,
        "cut off.mov": film[:28] + film[28:],
        "boxes.mov": film + box(b"LEAK", b"LeakMake") + box(b"uuid", bytes(16) + b"LeakMake"),
        "with more.mov": film + b"\xff\xff\xff\xffLeakMake 59.3345",
        "with more.mp3": sound + b"LeakMake 59.3345" + sound,
        "with more.opus": note + b"LeakMake 59.3345",
    }


def refused() -> dict[str, bytes]:
    """Return files that can't be cleaned, and are not stored."""
    jpeg, film = (FOLDER / "photo.jpg").read_bytes(), (FOLDER / "film.mp4").read_bytes()
    return {
        "IMG_1.dng": dng(),
        "IMG_1.cr2": b"II*\0\x10\0\0\0CR\2\0" + bytes(40),
        "IMG_1.cr3": box(b"ftyp", b"crx \0\0\0\1crx isom") + box(b"moov"),
        "IMG_1.raf": b"FUJIFILMCCD-RAW 0201" + bytes(100),
        "camcorder.ts": (FOLDER / "film.ts").read_bytes(),
        "film.wmv": bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + bytes(100),
        "without a picture.jpg": jpeg[: jpeg.index(b"\xff\xda")],
        "without an index.mp4": film[: film.index(b"moov") - 4],
        "half an index.mp4": film[:-100],
        "segments.jpg": jpeg[:2] + b"\xff\xe0\0\2" * 50_000 + jpeg[2:],
        "nothing.jpg": b"\xff\xd8\xff LeakMake",
        "sound.mp3": b"ID3\4\0\0\0\0\0\x0aLeakMake" + bytes(100),
    }


def dng() -> bytes:
    """Return a raw photo: a TIFF with the version of DNG in it."""
    entries = struct.pack("<HHII", 271, 2, 9, 38) + struct.pack("<HHI4s", 50706, 1, 4, b"\1\4\0\0")
    return b"II*\0\x08\0\0\0\2\0" + entries + bytes(4) + b"LeakMake\0"
