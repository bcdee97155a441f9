"""Pictures for pages: copies without metadata in three widths, and squares of profile photos."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from linkmsg.storage.child_process import ChildProcess

# The names of the copies and their widths in pixels; the large one is as wide as the picture.
WIDTHS = {"small": 320, "medium": 1280, "large": 0}
SQUARES = (48, 96, 256)
MEDIA_TYPE = "image/webp"
# A file is given up when the child has died over it so often.
MAX_ATTEMPTS = 2
TIMEOUT = 60.0
SCRIPT = Path(__file__).with_name("thumbnailer.py")

# What is cut from a picture as it is shown: left, upper, right, lower, in pixels.
Box = tuple[int, int, int, int]


class ImageRejection(Enum):
    """Why nothing was made of a file, in a sentence."""

    LARGE = "This picture has more than 40 megapixels."
    BROKEN = "This picture can't be read."
    HEAVY = "This picture takes too much time or memory to be shown."
    LATER = "The disk failed. This picture can be tried again later."


@dataclass(frozen=True)
class ImageCopy:
    """A file that was made, and its size in pixels."""

    path: Path
    width: int
    height: int


@dataclass(frozen=True)
class ProcessedImage:
    """What was made of a picture of this size, as it is shown; copies of one size share a file."""

    width: int
    height: int
    animated: bool
    copies: tuple[ImageCopy, ...]


class Thumbnailer:
    """Makes pictures in a child process, one after the other; used by one worker or more."""

    def __init__(self, seconds: float = TIMEOUT, command: Sequence[str] = ()) -> None:
        # -P: the folder of the script is not searched, so none of our files passes for another.
        self.process = ChildProcess(command or (sys.executable, "-P", str(SCRIPT)))
        self.seconds = seconds

    def make_copies(self, source: Path, into: Path) -> ProcessedImage | ImageRejection:
        """Copies of a picture as WebP, in the order of `WIDTHS`, in the folder `into`.

        They are turned as EXIF says, in sRGB, never enlarged, and hold no metadata. GIF, WebP,
        PNG and AVIF that move go on moving. Whatever the file holds, nothing is raised.
        """
        return self._ask(source, into, widths=list(WIDTHS.values()))

    def make_squares(
        self, source: Path, into: Path, box: Box | None = None
    ) -> ProcessedImage | ImageRejection:
        """Squares as WebP, in the order of `SQUARES`, cut from `box` or from the middle.

        They are no larger than what is cut. A picture that moves is cut from its first frame.
        """
        return self._ask(source, into, squares=list(SQUARES), box=box)

    def close(self) -> None:
        """End the child; asked again, it is started again."""
        self.process.close()

    def _ask(self, source: Path, into: Path, **wanted: Any) -> ProcessedImage | ImageRejection:
        request = {"source": str(source.absolute()), "into": str(into.absolute()), **wanted}
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
