"""Cleans files of metadata, and makes thumbnails: WebP copies of images, squares of photos.

Child processes, whose code is in the folder `thumbnailer`, read the untrusted files.
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

# The widths of the copies in pixels.
WIDTHS = {"small": 320, "medium": 1280}
SQUARES = (48, 96, 256)
MEDIA_TYPE = "image/webp"
# Child processes, which work on images of different members.
CHILDREN = 2
# Images of more pixels are decoded one at a time: each takes 100 to 250 MB for a moment. With a
# JPEG in full size one takes twice as much for each pixel.
LARGE_PIXELS = 16_000_000
# Seconds to wait for a turn, and seconds of real time for one image. The child has a limit of
# processor time, which is much shorter; this one is for a machine that is overloaded.
TURN_TIMEOUT = 30.0
TIMEOUT = 30.0
# The file in the data folder that lists images which were too heavy.
HEAVY_IMAGES = "heavy-images"
SCRIPT = Path(__file__).with_name("thumbnailer")

# Left, upper, right and lower edge in pixels of the upright image.
Box = tuple[int, int, int, int]
# What a child process says about a file.
Answer = dict[str, Any]


class ImageRejection(Enum):
    """Why nothing could be made of a file; each value is a sentence for the member."""

    LARGE = "This image has too many pixels to be shown."
    BROKEN = "This image can’t be read."
    HEAVY = "This image takes too much time or memory to show."
    UNCLEAN = "The location and date can’t be removed from this file."
    RAW = "The location and date can’t be removed from raw photos."
    LATER = "The disk failed. Try this image again later."
    BUSY = "Too many images at once. Try this one again later."


@dataclass(frozen=True)
class CleanFile:
    """A file without its metadata.

    `pixels` is how many an image has, 0 if that is unknown, and `tracks` those of a film or a sound
    in MP4, each as its handler ("vide", "soun") and its codec.
    """

    path: Path
    pixels: int
    tracks: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ImageCopy:
    """A copy of an image: its file, and its width and height in pixels."""

    path: Path
    width: int
    height: int


@dataclass(frozen=True)
class ProcessedImage:
    """The size of an image in pixels, once it is turned upright, and its copies.

    WebP copies of the same size share a file. With `jpeg` the last copy is a JPEG in full size.
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
        self.heavy = HeavyImages(heavy)
        self.turns, self.large_turns = FairTurns(CHILDREN), FairTurns(1)
        # The last one that was used is the first one used again, so one child suffices mostly.
        self._idle = deque(self.processes)

    def clean(
        self, source: Path, into: Path, member_id: int, form: str, *, is_image: bool
    ) -> CleanFile | ImageRejection:
        """Write the file `source` without its metadata into the folder `into`.

        `form` is the name of its format: see `thumbnailer/cleaning`. `member_id` is the member who
        waits for it.
        """
        answer = self._request("clean", source, into, member_id, form=form, is_image=is_image)
        if isinstance(answer, ImageRejection):
            return answer
        tracks = tuple((handler, codec) for handler, codec in answer["tracks"])
        return CleanFile(Path(answer["path"]), answer["pixels"], tracks)

    def make_copies(
        self, source: Path, into: Path, member_id: int, pixels: int = 0, *, with_jpeg: bool = False
    ) -> ProcessedImage | ImageRejection:
        """Save WebP copies of the image `source` in the folder `into`, one for each of `WIDTHS`.

        They are upright, in sRGB, never enlarged, and without metadata. Animated GIF, WebP, PNG
        and AVIF stay animated if not too large. A file that can't be used raises nothing: the
        result is an `ImageRejection`. `pixels` is how many it has, and decides whether it is
        decoded alone. With `with_jpeg` one more copy, the last, is a JPEG in full size (half of it
        beyond 26 megapixels).
        """
        parameters = {"widths": list(WIDTHS.values()), "with_jpeg": with_jpeg}
        pixels *= 2 if with_jpeg else 1
        return _parse(self._in_turn(pixels, "copies", source, into, member_id, **parameters))

    def make_squares(
        self, source: Path, into: Path, member_id: int, box: Box | None = None, pixels: int = 0
    ) -> ProcessedImage | ImageRejection:
        """Save square WebP copies of a part of an image in `into`, one for each side in `SQUARES`.

        The part is `box`, or the largest square in the centre. Squares are never enlarged. Of an
        animated image the first frame is used. A file that can't be used gives an
        `ImageRejection`.
        """
        parameters = {"squares": list(SQUARES), "box": box}
        return _parse(self._in_turn(pixels, "squares", source, into, member_id, **parameters))

    def close(self) -> None:
        """Kill the child processes that run; the next image starts a new one."""
        for each in self.processes:
            each.close()

    def _in_turn(
        self, pixels: int, purpose: str, source: Path, into: Path, member_id: int, **parameters: Any
    ) -> Answer | ImageRejection:
        """Send a request about an image; a large one waits until no other large one is in work.

        Afterwards its child process ends, which would keep some of the memory.
        """
        if pixels <= LARGE_PIXELS:
            return self._request(purpose, source, into, member_id, **parameters)
        try:
            with self.large_turns.turn(member_id, self.turn_seconds):
                return self._request(purpose, source, into, member_id, is_last=True, **parameters)
        except TimeoutError:
            return ImageRejection.BUSY

    def _request(
        self,
        purpose: str,
        source: Path,
        into: Path,
        member_id: int,
        *,
        is_last: bool = False,
        **parameters: Any,
    ) -> Answer | ImageRejection:
        request = {"source": str(source.absolute()), "into": str(into.absolute()), **parameters}
        try:
            with self.turns.turn(member_id, self.turn_seconds):
                if self.heavy.is_known(source, purpose):
                    return ImageRejection.HEAVY
                answer = self._ask(json.dumps(request).encode(), is_last=is_last)
                if answer is ImageRejection.HEAVY:
                    self.heavy.add(source, purpose)
                return answer
        except TimeoutError:
            return ImageRejection.BUSY
        except OSError:
            return ImageRejection.LATER

    def _ask(self, line: bytes, *, is_last: bool) -> Answer | ImageRejection:
        """Send a request to a child process, which ends after the last one."""
        child = self._idle.pop()
        try:
            answer = child.request(line, self.seconds)
        finally:
            if is_last:
                child.close()
            self._idle.append(child)
        parsed: Answer = json.loads(answer) if answer else {"refusal": "heavy"}
        refusal = parsed.get("refusal")
        return ImageRejection[refusal.upper()] if refusal else parsed


def _parse(answer: Answer | ImageRejection) -> ProcessedImage | ImageRejection:
    if isinstance(answer, ImageRejection):
        return answer
    copies = (ImageCopy(Path(each.pop("path")), **each) for each in answer.pop("copies"))
    return ProcessedImage(**answer, copies=tuple(copies))
