"""Measure the time from `linkmsg run` to the first answer, in a new and a used data folder."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.server_process import serving

AIM = 3.0
REPEATS = 5


def figures() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="linkmsg-bench-") as name:
        first = seconds(Path(name))
        again = [seconds(Path(name)) for _ in range(REPEATS)]
    second = median(again)
    yield f"first start to first answer  {first:.2f} s, in an empty folder"
    yield f"second start                 {second:.2f} s, median of {REPEATS} (aim: {AIM:.0f})"


def seconds(folder: Path) -> float:
    with serving(folder) as served:
        return served.seconds
