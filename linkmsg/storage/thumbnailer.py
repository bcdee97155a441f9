"""Decodes pictures in a process of its own, which knows nothing of the app or its database.

It is run as a file, not by `-m`: that would load the whole app first. It takes one request a
line and answers each with one line, both JSON; it ends when its input does.

A request names `source`, a file, and `into`, a folder for what is made, and either `widths`
(in pixels; 0 is the full one) or `squares` (their sides) with a `box` to cut (left, upper,
right, lower, in pixels as the picture is shown; null for the largest in the middle). The answer
has `width` and `height` as shown, `moving`, and for each of what was asked a file with its
own size; or it has a `refusal`: large, broken, heavy, or later (the disk failed, not the file).
"""

import json
import os
import resource
import struct
import sys
import warnings
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import AvifImagePlugin, Image, ImageCms, ImageOps

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
# Pillow warns beyond this and refuses beyond twice as many pixels: 40 million.
Image.MAX_IMAGE_PIXELS = 20_000_000
# A thread for each core would reserve more memory than a child may have.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1
# Frames × pixels of a picture that moves; one with more is shown as its first frame.
MAX_ANIMATED_PIXELS = 50_000_000
MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 30
# WebP can't be longer on any side.
MAX_SIDE = 16383
QUALITY = 80
# A browser shows a frame of 10 ms or less for 100 ms, as the old ones did.
SHORTEST_FRAME, DEFAULT_FRAME = 10, 100
# What Pillow raises over files that lie, beside OSError.
DECODE_ERRORS = (
    ArithmeticError,
    EOFError,
    LookupError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
)
SRGB = ImageCms.createProfile("sRGB")

Size = tuple[int, int]


class AnimatedImage(Image.Image):
    """A moving picture of another size, of which one frame at a time is in memory.

    Pillow's own way to save frames wants a list of them all.
    """

    def __init__(self, source: Image.Image, size: Size) -> None:
        super().__init__()
        blank = Image.new("RGBA", size)
        self._mode, self._size, self.im = blank.mode, size, blank.im
        # The first of a PNG may be for those only who can't show the others.
        self.first = int(source.info.get("default_image", False))
        self.source, self.n_frames = source, frame_count(source) - self.first
        self.durations: list[float] = []

    def seek(self, frame: int) -> None:
        """Show this frame."""
        self.source.seek(self.first + frame)
        shown = to_upright_rgb(self.source.convert("RGBA"))
        self.paste(resize(shown, self.size))
        lasts = self.source.info.get("duration", 0)
        self.durations.append(lasts if lasts > SHORTEST_FRAME else DEFAULT_FRAME)


def main() -> None:
    """Answer until nothing more is asked."""
    warnings.simplefilter("ignore")
    os.nice(10)  # pages go first
    with suppress(ValueError, OSError):  # macOS has no such limit
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for line in sys.stdin.buffer:
        _limit_cpu(CPU_SECONDS)
        build_answer = respond(json.loads(line))
        try:
            os.write(sys.stdout.fileno(), json.dumps(build_answer).encode() + b"\n")
        except BrokenPipeError:
            return  # who asked has died over it


def _limit_cpu(seconds: int) -> None:
    """Let the processor be used for so many seconds more; then the system ends this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    until = int(used.ru_utime + used.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (until, hard))


def respond(request: dict[str, Any]) -> dict[str, Any]:
    """What is made of a picture, or why nothing is. A fault we did not think of ends the child."""
    into = Path(request["into"])
    try:
        with Image.open(request["source"], formats=FORMATS) as image:
            if "squares" in request:
                return make_squares(image, into, request["squares"], request["box"])
            return make_copies(image, into, request["widths"])
    except Image.DecompressionBombError:
        return {"refusal": "large"}
    except MemoryError:
        return {"refusal": "heavy"}
    except OSError as fault:  # one of the system has a number; one of Pillow has none
        return {"refusal": "later" if fault.errno else "broken"}
    except DECODE_ERRORS:
        return {"refusal": "broken"}


def make_copies(image: Image.Image, into: Path, widths: list[int]) -> dict[str, Any]:
    """Copies of these widths, without anything but pixels; those of one size are one file."""
    animated = is_animated(image)
    first = to_upright_rgb(image) if not animated else to_upright_rgb(image.copy())
    sizes = [fit_size(first.size, width) for width in widths]
    files = {size: into / f"{number}.webp" for number, size in enumerate(sizes)}
    for size, file in sorted(files.items(), reverse=True):
        if animated:
            save_animation(AnimatedImage(image, size), file)
        else:
            save(resize(first, size), file)
    return build_answer(first, animated, [(files[size], size) for size in sizes])


def make_squares(
    image: Image.Image, into: Path, sides: list[int], box: list[int] | None
) -> dict[str, Any]:
    """Squares of these sides, cut from one box; never larger than that."""
    first = to_upright_rgb(image)
    left, upper, right, lower = box or centre_square(first.size)
    left, upper = max(0, left), max(0, upper)
    side = min(right - left, lower - upper, first.width - left, first.height - upper)
    if side < 1:
        raise ValueError("the box holds nothing of the picture")
    part = first.crop((left, upper, left + side, upper + side))
    made = []
    for number, wanted in enumerate(sides):
        size = (min(wanted, side), min(wanted, side))
        save(resize(part, size), into / f"{number}.webp")
        made.append((into / f"{number}.webp", size))
    return build_answer(first, False, made)


def is_animated(image: Image.Image) -> bool:
    """Whether this moves, and not for longer than we can afford."""
    frames = frame_count(image)
    return frames > 1 and frames * image.width * image.height <= MAX_ANIMATED_PIXELS


def frame_count(image: Image.Image) -> int:
    """How many frames this has; a JPEG may have other pictures beside it, which are none."""
    return 1 if image.format in {"JPEG", "MPO"} else getattr(image, "n_frames", 1)


def to_upright_rgb(image: Image.Image) -> Image.Image:
    """This picture as RGB or RGBA, in the colours of sRGB and turned as it is shown."""
    image.load()
    ImageOps.exif_transpose(image, in_place=True)
    mode = "RGBA" if image.has_transparency_data else "RGB"
    profile = image.info.get("icc_profile")
    if image.mode not in {mode, "CMYK"} or (image.mode == "CMYK" and not profile):
        image = image.convert(mode)
    return to_srgb(image, profile) if profile else image


def to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """The colours that a profile means; as they are, where it can't be used."""
    with suppress(ImageCms.PyCMSError, OSError):
        known = ImageCms.ImageCmsProfile(BytesIO(profile))
        if image.mode == "CMYK":
            return ImageCms.profileToProfile(image, known, SRGB, outputMode="RGB") or image
        ImageCms.profileToProfile(image, known, SRGB, inPlace=True)
    return image.convert("RGB") if image.mode == "CMYK" else image


def resize(image: Image.Image, size: Size) -> Image.Image:
    """This picture at another size; itself, not a copy, where it has that already."""
    if image.size == size:
        return image
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def centre_square(size: Size) -> tuple[int, int, int, int]:
    """The largest square in the middle."""
    side = min(size)
    left, upper = (size[0] - side) // 2, (size[1] - side) // 2
    return left, upper, left + side, upper + side


def fit_size(size: Size, width: int) -> Size:
    """The size at this width, never enlarged; at 0 the full one, as far as WebP goes."""
    ratio = min(1.0, (width or MAX_SIDE) / size[0], MAX_SIDE / size[0], MAX_SIDE / size[1])
    return max(1, round(size[0] * ratio)), max(1, round(size[1] * ratio))


def save(image: Image.Image, file: Path) -> None:
    """Write a still picture: pixels, and nothing else."""
    image.save(file, "WEBP", quality=QUALITY, method=2)


def save_animation(reel: AnimatedImage, file: Path) -> None:
    """Write a moving picture. What its frames last is known as they are sought."""
    reel.save(
        file,
        "WEBP",
        save_all=True,
        duration=reel.durations,
        loop=loop_count(reel.source),
        background=(0, 0, 0, 0),
        quality=QUALITY,
        method=0,
    )


def loop_count(source: Image.Image) -> int:
    """How often it plays, 0 for ever. A GIF tells how often it plays again, or nothing: once."""
    loop = int(source.info.get("loop", 0))
    if source.format != "GIF":
        return loop
    return loop + 1 if loop or "loop" not in source.info else 0


def build_answer(
    first: Image.Image, animated: bool, made: list[tuple[Path, Size]]
) -> dict[str, Any]:
    """What was made, as it is told."""
    copies = [{"path": str(file), "width": w, "height": h} for file, (w, h) in made]
    return {"width": first.width, "height": first.height, "animated": animated, "copies": copies}


if __name__ == "__main__":
    main()
