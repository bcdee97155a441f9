"""Makes thumbnails: WebP copies of images in three widths, and squares of profile photos.

A child process, whose code is in `thumbnailer.py`, decodes the untrusted files.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from linkmsg.storage.child_process import ChildProcess

# The widths of the copies in pixels; 0 keeps the width of the image.
WIDTHS = {"small": 320, "medium": 1280, "large": 0}
SQUARES = (48, 96, 256)
MEDIA_TYPE = "image/webp"
# A file is rejected when the child has died over it this often.
MAX_ATTEMPTS = 2
TIMEOUT = 60.0
SCRIPT = Path(__file__).with_name("thumbnailer.py")

# Left, upper, right and lower edge in pixels of the upright image.
Box = tuple[int, int, int, int]


class ImageRejection(Enum):
    """Why no copies could be made of an image; each value is a sentence for the member."""

    LARGE = "This picture has more than 40 megapixels."
    BROKEN = "This picture can't be read."
    HEAVY = "This picture takes too much time or memory to be shown."
    LATER = "The disk failed. This picture can be tried again later."


@dataclass(frozen=True)
class ImageCopy:
    """A copy of an image: its file, and its width and height in pixels."""

    path: Path
    width: int
    height: int


@dataclass(frozen=True)
class ProcessedImage:
    """The size of an image in pixels, once it is turned upright, and its copies.

    Copies of the same size share a file.
    """

    width: int
    height: int
    animated: bool
    copies: tuple[ImageCopy, ...]


class Thumbnailer:
    """Makes thumbnails in a child process, one image at a time; threads may share it.

    `seconds` is the time limit for one image, after which the child is killed.
    """

    def __init__(self, seconds: float = TIMEOUT, command: Sequence[str] = ()) -> None:
        # -P: without it, modules in the script's folder would shadow the standard library.
        self.process = ChildProcess(command or (sys.executable, "-P", str(SCRIPT)))
        self.seconds = seconds

    def make_copies(self, source: Path, into: Path) -> ProcessedImage | ImageRejection:
        """Save WebP copies of the image `source` in the folder `into`, one for each of `WIDTHS`.

        They are upright, in sRGB, never enlarged, and without metadata. Animated GIF, WebP, PNG
        and AVIF stay animated if not too large. A file that can't be used raises nothing: the
        result is an `ImageRejection`.
        """
        return self._request(source, into, widths=list(WIDTHS.values()))

    def make_squares(
        self, source: Path, into: Path, box: Box | None = None
    ) -> ProcessedImage | ImageRejection:
        """Save square WebP copies of a part of an image in `into`, one for each side in `SQUARES`.

        The part is `box`, or the largest square in the centre. Squares are never enlarged. Of an
        animated image the first frame is used. A file that can't be used gives an
        `ImageRejection`.
        """
        return self._request(source, into, squares=list(SQUARES), box=box)

    def close(self) -> None:
        """Kill the child process, if it runs; the next image starts a new one."""
        self.process.close()

    def _request(
        self, source: Path, into: Path, **parameters: Any
    ) -> ProcessedImage | ImageRejection:
        request = {"source": str(source.absolute()), "into": str(into.absolute()), **parameters}
        line = json.dumps(request).encode()
        for _ in range(MAX_ATTEMPTS):
            if answer := self.process.request(line, self.seconds):
                return _parse_answer(json.loads(answer))
        return ImageRejection.HEAVY


def _parse_answer(answer: dict[str, Any]) -> ProcessedImage | ImageRejection:
    if refusal := answer.get("refusal"):
        return ImageRejection[refusal.upper()]
    copies = (ImageCopy(Path(each.pop("path")), **each) for each in answer.pop("copies"))
    return ProcessedImage(**answer, copies=tuple(copies))
