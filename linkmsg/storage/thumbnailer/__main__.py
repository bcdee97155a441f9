"""A child process that decodes untrusted images and makes copies, without the app or database.

It is run as a folder, not with `-m`, which would import the whole app. It reads one JSON request
per line and answers each with a line of JSON; it exits at the end of its input. Its processor time
and memory are limited: the system kills it when an image needs more.

A request has `source`, a file, and `into`, a folder for the results, and either `widths` (in
pixels; 0 for the full width) or `squares` (their sides) with a `box` to crop (left, upper, right
and lower edge in pixels of the upright image; null for the largest square in the centre). The
answer has the upright `width` and `height`, `animated`, and `copies` with a path and size each;
or a `refusal`: large, broken, heavy, or later (the disk failed, not the image).
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

import image_copies
import image_cost
from PIL import AvifImagePlugin, Image

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
# Pillow warns above this and raises above twice as many pixels: 40 million.
Image.MAX_IMAGE_PIXELS = 20_000_000
# One thread per core would reserve more memory than the limit allows.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1
# Bytes for the process, and seconds of processor time for each image.
MEMORY = 768 * 1024 * 1024
CPU_SECONDS = 3
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
        _limit_cpu(CPU_SECONDS)
        answer = respond(json.loads(line))
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
    """Return the answer to a request: the copies, or a refusal (see the top of this file)."""
    source, into = Path(request["source"]), Path(request["into"])
    try:
        image_cost.check_structure(source)
        with Image.open(source, formats=FORMATS) as image:
            if "squares" in request:
                return image_copies.make_squares(image, into, request["squares"], request["box"])
            return image_copies.make_copies(image, source, into, request["widths"])
    except Image.DecompressionBombError:
        return {"refusal": "large"}
    except (MemoryError, image_cost.TooCostly):
        return {"refusal": "heavy"}
    except OSError as error:  # the system's have an errno, Pillow's have none
        return {"refusal": "later" if error.errno else "broken"}
    except DECODE_ERRORS:
        return {"refusal": "broken"}


if __name__ == "__main__":
    main()
