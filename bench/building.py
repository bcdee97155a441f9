"""The index is made of all messages by a process of its own, on one core."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from bench.sends import SERVER_CORE
from bench.server import pinned

HELD = re.compile(r"VmHWM:\s+(\d+) kB")


@dataclass(frozen=True)
class Built:
    """An index: what it took in seconds, by the clock and of the processor; MB on disk.

    `held` is how long its writer took at most over one thing, both ways and by its name, and
    `memory` the MB that the reader of the messages and the writer held at most.
    """

    seconds: float
    processor: float
    size: float
    held: dict[str, list[float]] = field(default_factory=dict)
    memory: list[float] = field(default_factory=list)


def build(folder: Path) -> Built:
    """Make the index of a data folder."""
    command = [*pinned(SERVER_CORE), sys.executable, "-m", "bench.builder", str(folder)]
    told = json.loads(subprocess.check_output(command))
    processor = told["reading"] + told["writing"]
    on_disk = size(folder / "search") / 1e6
    return Built(told["seconds"], processor, on_disk, told["held"], told["memory"])


def size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def most(process: int | str = "self") -> float:
    """The most MB that a process has ever held in memory; getrusage counts its parent's too."""
    found = HELD.search(Path(f"/proc/{process}/status").read_text())
    assert found
    return int(found[1]) / 1000


def busy_seconds(process: int | None) -> float:
    """How long a process has computed; 0 for none."""
    if process is None:
        return 0
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
