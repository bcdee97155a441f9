"""Small files that take long to decode, and a child process that never ends over some of them."""

import struct
import sys
from pathlib import Path

from PIL import Image

from tests.support.file_samples import chunk
from tests.support.image_samples import coloured_image, encoded

# A frame of 1 × 1 pixel with its data blocks.
GIF_FRAME = b"\x2c\0\0\0\0\1\0\1\0\0\2\2\x44\1\0"
# An image over which the child of `looping_command` never ends.
LOOP = encoded(coloured_image(mode="L"), "PNG")
CHILD = """
import json, sys
for line in sys.stdin:
    source = json.loads(line)["source"]
    data = open(source, "rb").read()
    with open(sys.argv[1], "a") as log:
        log.write(f"{len(data)}\\n")
    while len(data) == int(sys.argv[2]):
        pass
    print(json.dumps({"refusal": "broken"}), flush=True)
"""


def looping_command(log: Path) -> tuple[str, ...]:
    """Return the command of a child that loops over `LOOP`, and says that other images are broken.

    It appends the size in bytes of each image that it is given to the file `log`.
    """
    return (sys.executable, "-c", CHILD, str(log), str(len(LOOP)))


def tried(log: Path) -> list[int]:
    """Return the sizes of the images that such a child was given."""
    return [int(each) for each in log.read_text().split()] if log.exists() else []


def jpeg_with_scans(count: int, size: tuple[int, int] = (16, 16)) -> bytes:
    """Return a progressive grey JPEG with this many passes over the image."""
    data = encoded(Image.new("L", size, 128), "JPEG", progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + last * (count - data.count(b"\xff\xda")) + b"\xff\xd9"


def jpeg_with_segments(count: int) -> bytes:
    data = encoded(coloured_image(), "JPEG")
    return data[:2] + b"\xff\xe0\0\2" * count + data[2:]


def png_with_chunks(count: int) -> bytes:
    data = encoded(coloured_image(), "PNG")
    return data[:33] + chunk(b"abCd", b"") * count + data[33:]


def webp_with_chunks(count: int) -> bytes:
    data = encoded(coloured_image(), "WEBP") + b"abcd\0\0\0\0" * count
    return data[:4] + struct.pack("<I", len(data) - 8) + data[8:]


def gif_with_frames(count: int, *, last: tuple[int, int] = (1, 1), junk: int = 0) -> bytes:
    """Return a GIF whose header and frames have a pixel, but the last frame the size `last`.

    `junk` is the number of zero bytes after the frames.
    """
    still = encoded(Image.new("1", (1, 1)), "GIF")
    header = still[: 13 + (6 << (still[10] & 7))]
    end = GIF_FRAME.replace(b"\1\0\1\0", struct.pack("<HH", *last))
    return header + GIF_FRAME * (count - 1) + end + bytes(junk) + b";"
