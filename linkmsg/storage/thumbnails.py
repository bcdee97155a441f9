"""Thumbnails: copies of images in three widths, and squares of profile photos."""

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
    """The reason why an image has no copies, as a sentence."""

    LARGE = "This picture has more than 40 megapixels."
    BROKEN = "This picture can't be read."
    HEAVY = "This picture takes too much time or memory to be shown."
    LATER = "The disk failed. This picture can be tried again later."


@dataclass(frozen=True)
class ImageCopy:
    """A file with a copy of an image, and its size in pixels."""

    path: Path
    width: int
    height: int


@dataclass(frozen=True)
class ProcessedImage:
    """The upright size of an image and its copies; copies of the same size share a file."""

    width: int
    height: int
    animated: bool
    copies: tuple[ImageCopy, ...]


class Thumbnailer:
    """Makes thumbnails in a child process, one image at a time; it is thread-safe."""

    def __init__(self, seconds: float = TIMEOUT, command: Sequence[str] = ()) -> None:
        # -P: without it, modules in the script's folder would shadow the standard library.
        self.process = ChildProcess(command or (sys.executable, "-P", str(SCRIPT)))
        self.seconds = seconds

    def make_copies(self, source: Path, into: Path) -> ProcessedImage | ImageRejection:
        """Make copies of an image as WebP, in the order of `WIDTHS`, in the folder `into`.

        They are upright, in sRGB, never enlarged, and without metadata. Animated GIF, WebP, PNG
        and AVIF stay animated. No content of the file raises an exception.
        """
        return self._request(source, into, widths=list(WIDTHS.values()))

    def make_squares(
        self, source: Path, into: Path, box: Box | None = None
    ) -> ProcessedImage | ImageRejection:
        """Make squares as WebP, in the order of `SQUARES`, from `box` or from the centre.

        They are never enlarged. An animated image gives its first frame.
        """
        return self._request(source, into, squares=list(SQUARES), box=box)

    def close(self) -> None:
        """Stop the child process; the next request starts a new one."""
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
