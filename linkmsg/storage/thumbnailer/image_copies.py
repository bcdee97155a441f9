"""Makes smaller copies and squares of an opened image, and saves them as WebP."""

import time
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import image_cost
from PIL import Image, ImageCms, ImageOps

# WebP's limit for each side in pixels.
MAX_SIDE = 16383
QUALITY = 80
# Browsers show frames of 10 ms or less for 100 ms.
SHORTEST_FRAME, DEFAULT_FRAME = 10, 100
# Seconds of processor time after which an animation becomes its first frame.
ANIMATION_SECONDS = 2.0
SRGB = ImageCms.createProfile("sRGB")

Size = tuple[int, int]


class AnimatedImage(Image.Image):
    """An animated image in another size, for Pillow to save; only one frame is in memory.

    Pillow's `append_images` would need a list of all frames. `until` is the processor time of this
    process, in seconds, at which there must be no further frame.
    """

    def __init__(self, source: Image.Image, frames: int, size: Size, until: float) -> None:
        super().__init__()
        blank = Image.new("RGBA", size)
        self._mode, self._size, self.im = blank.mode, size, blank.im
        # The first image of a PNG may be a fallback for viewers without animation.
        self.first = int(source.info.get("default_image", False))
        self.source, self.n_frames, self.until = source, frames - self.first, until
        self.durations: list[float] = []

    def seek(self, frame: int) -> None:
        """Make a frame the current one (0 is the first), and append its duration in ms.

        Raises TooCostly if the processor time is used up.
        """
        if time.process_time() > self.until:
            raise image_cost.TooCostly
        self.source.seek(self.first + frame)
        upright = to_upright_rgb(self.source.convert("RGBA"))
        self.paste(resize(upright, self.size))
        duration = self.source.info.get("duration", 0)
        self.durations.append(duration if duration > SHORTEST_FRAME else DEFAULT_FRAME)


def make_copies(image: Image.Image, source: Path, into: Path, widths: list[int]) -> dict[str, Any]:
    """Save WebP copies of these widths in the folder `into`; return the answer to the request.

    `source` is the file from which the image was opened.

    Widths are in pixels. Copies are never enlarged, and those of the same size share a file. An
    animation that costs too much becomes its first frame.
    """
    frames = affordable_frames(image, source)
    first = to_upright_rgb(image.copy() if frames > 1 else image)
    sizes = [fit_size(first.size, width) for width in widths]
    files = [into / f"{width}.webp" for width in widths]
    if frames > 1:
        with suppress(image_cost.TooCostly):
            return build_answer(first, True, save_animations(image, frames, files, sizes))
    return build_answer(first, False, save_stills(first, files, sizes))


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


def affordable_frames(image: Image.Image, source: Path) -> int:
    """Return the number of frames, 1 for a still image or if all frames would cost too much.

    More images in a JPEG don't count.
    """
    if image.format in {"JPEG", "MPO"}:
        return 1
    if image.format == "GIF":  # Pillow would search the whole file
        frames, size = image_cost.measure_gif(source)
    else:
        frames, size = getattr(image, "n_frames", 1), image.size
    return frames if image_cost.is_affordable_animation(frames, size) else 1


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


def save_stills(
    image: Image.Image, files: list[Path], sizes: list[Size]
) -> list[tuple[Path, Size]]:
    """Save an image in these sizes as WebP; return the file and size of each copy."""
    saved: dict[Size, Path] = {}
    for file, size in zip(files, sizes, strict=True):
        if size not in saved:
            saved[size] = file
            save(resize(image, size), file)
    return [(saved[size], size) for size in sizes]


def save_animations(
    source: Image.Image, frames: int, files: list[Path], sizes: list[Size]
) -> list[tuple[Path, Size]]:
    """Save an animation in these sizes as WebP, smallest first; return each file and size.

    Sizes that are less than twice as wide as the first are saved only once, since each costs as
    much again. Raises TooCostly after `ANIMATION_SECONDS`.
    """
    until = time.process_time() + ANIMATION_SECONDS
    if sizes[-1][0] < 2 * sizes[0][0]:
        sizes = [sizes[-1]] * len(sizes)
    saved: dict[Size, Path] = {}
    for file, size in zip(files, sizes, strict=True):
        if size not in saved:
            saved[size] = file
            save_animation(AnimatedImage(source, frames, size, until), file)
    return [(saved[size], size) for size in sizes]


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
        kmax=0,  # no key frames, which would be encoded twice
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
