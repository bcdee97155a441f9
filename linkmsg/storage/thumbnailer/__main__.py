"""A child process that reads untrusted files, without the app or database.

It is run as a folder, not with `-m`, which would import the whole app. It reads one JSON request
per line and answers each with a line of JSON; it exits at the end of its input. Its processor time
and memory are limited: the system kills it when a file needs more.

A request has `source`, a file, and `into`, a folder for the results. There are three kinds:

- `form`, the name of a format, and `is_image`: its metadata is removed. The answer has `path`, the
  new file; the `pixels` of an image, 0 if they are unknown; and the `tracks` of a film or a sound
  in MP4, each as its handler and its codec.
- `widths` (in pixels) of WebP copies to be made of an image, and `with_jpeg`, whether a JPEG in
  full size is made, too.
- `squares` (their sides) with a `box` to crop (left, upper, right and lower edge in pixels of the
  upright image; null for the largest square in the centre).

The answer to the latter two has the upright `width` and `height`, `animated`, and `copies` with a
path and size each. Any answer may be a `refusal` instead: large, broken, heavy, unclean, raw, or
later (the disk failed, not the file).
"""

import json
import math
import os
import resource
import struct
import sys
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

import cleaning
import image_copies
import image_cost
from opened_image import count_pixels, opened
from PIL import AvifImagePlugin, Image

# Pillow has one limit for all formats; image_rows.py has one for each.
Image.MAX_IMAGE_PIXELS = None
# One thread per core would reserve more memory than the limit allows.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1
# Bytes for the process, and seconds of processor time for each image.
MEMORY = 768 * 1024 * 1024
CPU_SECONDS = 3
# The same for an image in HEIF: one of 48 megapixels takes two seconds on a usual machine.
HEIF_SECONDS = 6
# Low enough to let web requests go first, high enough to proceed on a busy machine.
NICENESS = 5
# When memory runs out, Linux kills this process and not the server.
OOM_SCORE = Path("/proc/self/oom_score_adj")
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


# What a file is refused for.
REFUSALS: dict[type[Exception], str] = {
    cleaning.RawPhoto: "raw",
    cleaning.Unclean: "unclean",
    image_cost.TooLarge: "large",
    image_cost.TooCostly: "heavy",
    MemoryError: "heavy",
}


def main() -> None:
    """Answer each line of standard input with a line, until its end, with limited memory."""
    warnings.simplefilter("ignore")
    os.nice(NICENESS)
    with suppress(OSError):
        OOM_SCORE.write_text("1000")
    with suppress(ValueError, OSError):  # macOS does not support this limit
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for line in sys.stdin.buffer:
        request = json.loads(line)
        _limit_cpu(HEIF_SECONDS if request.get("with_jpeg") else CPU_SECONDS)
        answer = respond(request)
        try:
            os.write(sys.stdout.fileno(), json.dumps(answer).encode() + b"\n")
        except BrokenPipeError:
            return  # the parent process has ended


def _limit_cpu(seconds: int) -> None:
    """Let the system kill this process once it has used so much more CPU time."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    until = math.ceil(used.ru_utime + used.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (until, hard))


def respond(request: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to a request, or a refusal (see the top of this file)."""
    try:
        return _clean(request) if "form" in request else _make(request)
    except OSError as error:  # the system's have an errno, Pillow's have none
        return {"refusal": "later" if error.errno else "broken"}
    except tuple(REFUSALS) as error:
        return {"refusal": next(name for kind, name in REFUSALS.items() if isinstance(error, kind))}
    except DECODE_ERRORS:
        return {"refusal": "broken"}


def _clean(request: dict[str, Any]) -> dict[str, Any]:
    form, path = request["form"], Path(request["into"]) / "clean"
    tracks = cleaning.clean(Path(request["source"]), path, form)
    path = cleaning.add_index(path) if form == "matroska" else path
    pixels = count_pixels(path) if request["is_image"] else 0
    return {"path": str(path), "pixels": pixels, "tracks": tracks}


def _make(request: dict[str, Any]) -> dict[str, Any]:
    source, into = Path(request["source"]), Path(request["into"])
    image_cost.check_structure(source)
    with opened(source) as image:
        if "squares" in request:
            return image_copies.make_squares(image, into, request["squares"], request["box"])
        widths, with_jpeg = request["widths"], request["with_jpeg"]
        return image_copies.make_copies(image, source, into, widths, with_jpeg=with_jpeg)


if __name__ == "__main__":
    main()
