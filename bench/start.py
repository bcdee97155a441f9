"""How long `linkmsg run` takes to answer when it has run here before."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.server import serving

AIM = 3.0
TIMES = 5


def figures() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="linkmsg-bench-") as name:
        first = seconds(Path(name))
        again = [seconds(Path(name)) for _ in range(TIMES)]
    yield f"first start to first answer  {first:.2f} s, in an empty folder"
    yield f"second start                 {median(again):.2f} s, median of {TIMES} (aim: {AIM:.0f})"


def seconds(folder: Path) -> float:
    with serving(folder) as served:
        return served.seconds
