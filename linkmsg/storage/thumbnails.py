"""Makes thumbnails: WebP copies of images in three widths, and squares of profile photos.

Child processes, whose code is in the folder `thumbnailer`, decode the untrusted files.
"""

import json
import sys
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from linkmsg.storage.child_process import ChildProcess
from linkmsg.storage.fair_turns import FairTurns
from linkmsg.storage.heavy_images import HeavyImages

# The widths of the copies in pixels; 0 keeps the width of the image.
WIDTHS = {"small": 320, "medium": 1280}
FULL_WIDTH = 0
SQUARES = (48, 96, 256)
MEDIA_TYPE = "image/webp"
# Child processes, which work on images of different members.
CHILDREN = 2
# Seconds to wait for a turn, and seconds of real time for one image. The child has a limit of
# processor time, which is much shorter; this one is for a machine that is overloaded.
TURN_TIMEOUT = 30.0
TIMEOUT = 30.0
# The file in the data folder that lists images which were too heavy.
HEAVY_IMAGES = "heavy-images"
SCRIPT = Path(__file__).with_name("thumbnailer")

# Left, upper, right and lower edge in pixels of the upright image.
Box = tuple[int, int, int, int]


class ImageRejection(Enum):
    """Why no copies could be made of an image; each value is a sentence for the member."""

    LARGE = "This image has more than 40 megapixels."
    BROKEN = "This image can’t be read."
    HEAVY = "This image takes too much time or memory to show."
    LATER = "The disk failed. Try this image again later."
    BUSY = "Too many images at once. Try this one again later."


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
    """Makes thumbnails in child processes; threads may share it.

    Each member has one image at a time in work, and turns go round by member, so that many slow
    images of one do not hold up the others. An image over which a child was killed is remembered
    in the file `heavy` and never tried again. `seconds` is the time limit for one image, and
    `turn_seconds` the limit of the wait before; both together limit how long a call takes.
    """

    def __init__(
        self,
        heavy: Path,
        seconds: float = TIMEOUT,
        command: Sequence[str] = (),
        turn_seconds: float = TURN_TIMEOUT,
    ) -> None:
        # -P: without it, modules in the current folder could shadow the standard library.
        command = command or (sys.executable, "-P", str(SCRIPT))
        self.processes = [ChildProcess(command) for _ in range(CHILDREN)]
        self.seconds, self.turn_seconds = seconds, turn_seconds
        self.heavy, self.turns = HeavyImages(heavy), FairTurns(CHILDREN)
        # The last one that was used is the first one used again, so one child suffices mostly.
        self._idle = deque(self.processes)

    def make_copies(
        self, source: Path, into: Path, member_id: int
    ) -> ProcessedImage | ImageRejection:
        """Save WebP copies of the image `source` in the folder `into`, one for each of `WIDTHS`.

        They are upright, in sRGB, never enlarged, and without metadata. Animated GIF, WebP, PNG
        and AVIF stay animated if not too large. A file that can't be used raises nothing: the
        result is an `ImageRejection`. `member_id` is the member who waits for the copies.
        """
        return self._request("copies", source, into, member_id, widths=list(WIDTHS.values()))

    def make_full_copy(
        self, source: Path, into: Path, member_id: int
    ) -> ProcessedImage | ImageRejection:
        """Save one WebP copy of an image in its full size in `into`, otherwise like the others."""
        return self._request("full copy", source, into, member_id, widths=[FULL_WIDTH])

    def make_squares(
        self, source: Path, into: Path, member_id: int, box: Box | None = None
    ) -> ProcessedImage | ImageRejection:
        """Save square WebP copies of a part of an image in `into`, one for each side in `SQUARES`.

        The part is `box`, or the largest square in the centre. Squares are never enlarged. Of an
        animated image the first frame is used. A file that can't be used gives an
        `ImageRejection`.
        """
        return self._request("squares", source, into, member_id, squares=list(SQUARES), box=box)

    def close(self) -> None:
        """Kill the child processes that run; the next image starts a new one."""
        for each in self.processes:
            each.close()

    def _request(
        self, purpose: str, source: Path, into: Path, member_id: int, **parameters: Any
    ) -> ProcessedImage | ImageRejection:
        request = {"source": str(source.absolute()), "into": str(into.absolute()), **parameters}
        try:
            with self.turns.turn(member_id, self.turn_seconds):
                if self.heavy.is_known(source, purpose):
                    return ImageRejection.HEAVY
                result = self._ask(json.dumps(request).encode())
                if result is ImageRejection.HEAVY:
                    self.heavy.add(source, purpose)
                return result
        except TimeoutError:
            return ImageRejection.BUSY
        except OSError:
            return ImageRejection.LATER

    def _ask(self, line: bytes) -> ProcessedImage | ImageRejection:
        child = self._idle.pop()
        try:
            answer = child.request(line, self.seconds)
        finally:
            self._idle.append(child)
        return _parse_answer(json.loads(answer)) if answer else ImageRejection.HEAVY


def _parse_answer(answer: dict[str, Any]) -> ProcessedImage | ImageRejection:
    if refusal := answer.get("refusal"):
        return ImageRejection[refusal.upper()]
    copies = (ImageCopy(Path(each.pop("path")), **each) for each in answer.pop("copies"))
    return ProcessedImage(**answer, copies=tuple(copies))
