"""A child process that decodes untrusted images and makes copies, without the app or database.

It is run as a file, not with `-m`, which would import the whole app. It reads one JSON request
per line and answers each with a line of JSON; it exits at the end of its input.

A request has `source`, a file, and `into`, a folder for the results, and either `widths` (in
pixels; 0 for the full width) or `squares` (their sides) with a `box` to crop (left, upper, right
and lower edge in pixels of the upright image; null for the largest square in the centre). The
answer has the upright `width` and `height`, `animated`, and `copies` with a path and size each;
or a `refusal`: large, broken, heavy, or later (the disk failed, not the image).
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
# Pillow warns above this and raises above twice as many pixels: 40 million.
Image.MAX_IMAGE_PIXELS = 20_000_000
# One thread per core would reserve more memory than the limit allows.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1
# Frames × pixels of an animation; a larger one becomes its first frame.
MAX_ANIMATED_PIXELS = 50_000_000
MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 30
# WebP's limit for each side in pixels.
MAX_SIDE = 16383
QUALITY = 80
# Browsers show frames of 10 ms or less for 100 ms.
SHORTEST_FRAME, DEFAULT_FRAME = 10, 100
# What Pillow raises for invalid files, besides OSError.
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
    """An animated image in another size, for Pillow to save; only one frame is in memory.

    Pillow's `append_images` would need a list of all frames.
    """

    def __init__(self, source: Image.Image, size: Size) -> None:
        super().__init__()
        blank = Image.new("RGBA", size)
        self._mode, self._size, self.im = blank.mode, size, blank.im
        # The first image of a PNG may be a fallback for viewers without animation.
        self.first = int(source.info.get("default_image", False))
        self.source, self.n_frames = source, frame_count(source) - self.first
        self.durations: list[float] = []

    def seek(self, frame: int) -> None:
        """Make a frame the current one (0 is the first), and append its duration in ms."""
        self.source.seek(self.first + frame)
        upright = to_upright_rgb(self.source.convert("RGBA"))
        self.paste(resize(upright, self.size))
        duration = self.source.info.get("duration", 0)
        self.durations.append(duration if duration > SHORTEST_FRAME else DEFAULT_FRAME)


def main() -> None:
    """Answer each line of standard input with a line, until its end, with limited memory."""
    warnings.simplefilter("ignore")
    os.nice(10)  # web requests take precedence
    with suppress(ValueError, OSError):  # macOS does not support this limit
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for line in sys.stdin.buffer:
        _limit_cpu(CPU_SECONDS)
        build_answer = respond(json.loads(line))
        try:
            os.write(sys.stdout.fileno(), json.dumps(build_answer).encode() + b"\n")
        except BrokenPipeError:
            return  # the parent process has ended


def _limit_cpu(seconds: int) -> None:
    """Let the system kill this process once it has used so much more CPU time."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    until = int(used.ru_utime + used.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (until, hard))


def respond(request: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to a request: the copies, or a refusal (see the top of this file)."""
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
    except OSError as error:  # the system's have an errno, Pillow's have none
        return {"refusal": "later" if error.errno else "broken"}
    except DECODE_ERRORS:
        return {"refusal": "broken"}


def make_copies(image: Image.Image, into: Path, widths: list[int]) -> dict[str, Any]:
    """Save WebP copies of these widths in the folder `into`; return the answer to the request.

    Widths are in pixels. Copies are never enlarged, and those of the same size share a file.
    """
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
    """Save square WebP copies of a part of an image; return the answer to the request.

    Sides are in pixels, and never enlarged. `box` is (left, upper, right, lower), or None for the
    largest square in the centre. Raises ValueError if the box is outside of the image.
    """
    first = to_upright_rgb(image)
    left, upper, right, lower = box or centre_square(first.size)
    left, upper = max(0, left), max(0, upper)
    side = min(right - left, lower - upper, first.width - left, first.height - upper)
    if side < 1:
        raise ValueError("the box is outside of the image")
    part = first.crop((left, upper, left + side, upper + side))
    files = []
    for number, each in enumerate(sides):
        size = (min(each, side), min(each, side))
        save(resize(part, size), into / f"{number}.webp")
        files.append((into / f"{number}.webp", size))
    return build_answer(first, False, files)


def is_animated(image: Image.Image) -> bool:
    """Return whether an image is animated, and within `MAX_ANIMATED_PIXELS`."""
    frames = frame_count(image)
    return frames > 1 and frames * image.width * image.height <= MAX_ANIMATED_PIXELS


def frame_count(image: Image.Image) -> int:
    """Return the number of frames, 1 for a still image; more images in a JPEG don't count."""
    return 1 if image.format in {"JPEG", "MPO"} else getattr(image, "n_frames", 1)


def to_upright_rgb(image: Image.Image) -> Image.Image:
    """Return an image turned as its metadata says, as RGB or RGBA with sRGB colours."""
    image.load()
    ImageOps.exif_transpose(image, in_place=True)
    mode = "RGBA" if image.has_transparency_data else "RGB"
    profile = image.info.get("icc_profile")
    if image.mode not in {mode, "CMYK"} or (image.mode == "CMYK" and not profile):
        image = image.convert(mode)
    return to_srgb(image, profile) if profile else image


def to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Convert an image from its colour profile to sRGB; an invalid profile is ignored."""
    with suppress(ImageCms.PyCMSError, OSError):
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        if image.mode == "CMYK":
            return ImageCms.profileToProfile(image, source, SRGB, outputMode="RGB") or image
        ImageCms.profileToProfile(image, source, SRGB, inPlace=True)
    return image.convert("RGB") if image.mode == "CMYK" else image


def resize(image: Image.Image, size: Size) -> Image.Image:
    """Return an image at another size; the same object if it has that size."""
    if image.size == size:
        return image
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def centre_square(size: Size) -> tuple[int, int, int, int]:
    """Return the largest square in the centre of an image: left, upper, right and lower edge."""
    side = min(size)
    left, upper = (size[0] - side) // 2, (size[1] - side) // 2
    return left, upper, left + side, upper + side


def fit_size(size: Size, width: int) -> Size:
    """Return the size of a copy of this width (0: full), never enlarged or over `MAX_SIDE`."""
    ratio = min(1.0, (width or MAX_SIDE) / size[0], MAX_SIDE / size[0], MAX_SIDE / size[1])
    return max(1, round(size[0] * ratio)), max(1, round(size[1] * ratio))


def save(image: Image.Image, file: Path) -> None:
    """Save a still image as WebP, without metadata."""
    image.save(file, "WEBP", quality=QUALITY, method=2)


def save_animation(reel: AnimatedImage, file: Path) -> None:
    """Save an animation as WebP; meanwhile Pillow reads its frames, which fills `durations`."""
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
    """Return how often an animation plays, 0 for ever; a GIF stores the number of repeats."""
    loop = int(source.info.get("loop", 0))
    if source.format != "GIF":
        return loop
    return loop + 1 if loop or "loop" not in source.info else 0


def build_answer(
    first: Image.Image, animated: bool, files: list[tuple[Path, Size]]
) -> dict[str, Any]:
    """Return the answer to a request: the size of the image, and the path and size of each copy."""
    copies = [{"path": str(file), "width": w, "height": h} for file, (w, h) in files]
    return {"width": first.width, "height": first.height, "animated": animated, "copies": copies}


if __name__ == "__main__":
    main()
