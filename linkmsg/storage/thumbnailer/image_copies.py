"""Makes smaller copies and squares of an opened image, and saves them as WebP or JPEG."""

import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import image_cost
from image_rows import PillowRows, Size, shrink
from opened_image import OpenedImage, to_srgb
from PIL import Image, ImageOps

# WebP's limit for each side in pixels.
MAX_SIDE = 16383
QUALITY, JPEG_QUALITY = 80, 88
# A copy is made from an image that is at least so many times as wide: then it is sharp.
SHARPNESS = 1.5
# Pixels of a JPEG in full size; one of a larger image has half its width and height.
MAX_JPEG_PIXELS = 26_000_000
# Browsers show frames of 10 ms or less for 100 ms.
SHORTEST_FRAME, DEFAULT_FRAME = 10, 100
# Seconds of processor time after which an animation becomes its first frame.
ANIMATION_SECONDS = 2.0


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


def make_copies(
    opened: OpenedImage, source: Path, into: Path, widths: list[int], *, with_jpeg: bool
) -> dict[str, Any]:
    """Save WebP copies of these widths in the folder `into`; return the answer to the request.

    `source` is the file from which the image was opened. Widths are in pixels. Copies are never
    enlarged, and those of the same size share a file. An animation that costs too much becomes its
    first frame. With `with_jpeg` the last copy is a JPEG in full size.
    """
    frames = affordable_frames(opened.image, source) if opened.image else 1
    sizes = [fit_size(opened.size, width) for width in widths]
    files = [into / f"{width}.webp" for width in widths]
    if frames > 1 and opened.image:
        with suppress(image_cost.TooCostly):
            animations = save_animations(opened.image, frames, files, sizes)
            return build_answer(opened.size, True, animations)
        opened.image.seek(0)
    if not with_jpeg:
        first = opened.decode(scaled(max(sizes), SHARPNESS))
        return build_answer(opened.size, False, save_stills(first, files, sizes))
    is_large = opened.size[0] * opened.size[1] > MAX_JPEG_PIXELS
    first = opened.decode((opened.size[0] >> is_large, opened.size[1] >> is_large))
    copies = save_stills(first, files, sizes)
    first = first if first.mode == "RGB" else first.convert("RGB")
    first.save(into / "full.jpg", "JPEG", quality=JPEG_QUALITY)
    return build_answer(opened.size, False, [*copies, (into / "full.jpg", first.size)])


def make_squares(
    opened: OpenedImage, into: Path, sides: list[int], box: list[int] | None
) -> dict[str, Any]:
    """Save square WebP copies of a part of an image; return the answer to the request.

    Sides are in pixels, and never enlarged. `box` is (left, upper, right, lower), or None for the
    largest square in the centre. Raises ValueError if the box is outside of the image.
    """
    width, height = opened.size
    left, upper, right, lower = box or centre_square(opened.size)
    left, upper = max(0, left), max(0, upper)
    side = min(right - left, lower - upper, width - left, height - upper)
    if side < 1:
        raise ValueError("the box is outside of the image")
    first = opened.decode(scaled(opened.size, min(1.0, SHARPNESS * max(sides) / side)))
    x, y = first.width / width, first.height / height
    right, lower = round((left + side) * x), round((upper + side) * y)
    part = first.crop((round(left * x), round(upper * y), right, lower))
    files = []
    for number, each in enumerate(sides):
        size = (min(each, side), min(each, side))
        save(resize(part, size), into / f"{number}.webp")
        files.append((into / f"{number}.webp", size))
    return build_answer(opened.size, False, files)


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
    """Return a frame turned as its metadata says, as RGB or RGBA with sRGB colours."""
    upright = ImageOps.exif_transpose(image)
    rows = PillowRows(upright)
    small = shrink(rows, 1)
    return to_srgb(small, rows.profile) if rows.profile else small


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


def scaled(size: Size, factor: float) -> Size:
    """Return a size that is so many times as large."""
    return round(size[0] * factor), round(size[1] * factor)


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


def build_answer(size: Size, animated: bool, files: list[tuple[Path, Size]]) -> dict[str, Any]:
    """Return the answer to a request: the size of the image, and the path and size of each copy."""
    copies = [{"path": str(file), "width": w, "height": h} for file, (w, h) in files]
    return {"width": size[0], "height": size[1], "animated": animated, "copies": copies}
