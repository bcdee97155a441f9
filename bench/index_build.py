"""Build the search index in a separate process on one core, and measure what it costs."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from bench.sends import SERVER_CORE
from bench.server_process import taskset

PEAK_MEMORY = re.compile(r"VmHWM:\s+(\d+) kB")


@dataclass(frozen=True)
class IndexBuild:
    """The cost of an index: wall-clock and CPU seconds, and its size on disk in MB.

    One process reads the messages and sends requests to another, which writes the index.
    `longest` has the longest wall-clock and CPU seconds of each kind of request; `memory` has
    the peak memory of both processes in MB.
    """

    seconds: float
    cpu_seconds: float
    size: float
    longest: dict[str, list[float]] = field(default_factory=dict)
    memory: list[float] = field(default_factory=list)


def build_index(folder: Path) -> IndexBuild:
    """Build the search index of a data folder with messages, and return the costs."""
    command = [*taskset(SERVER_CORE), sys.executable, "-m", "bench.index_builder", str(folder)]
    costs = json.loads(subprocess.check_output(command))
    cpu_seconds = costs["reading"] + costs["writing"]
    size = folder_size(folder / "search") / 1e6
    return IndexBuild(costs["seconds"], cpu_seconds, size, costs["longest"], costs["memory"])


def folder_size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def peak_memory(process: int | str = "self") -> float:
    """Return the peak memory in MB of a process by id; getrusage would include its parent's."""
    found = PEAK_MEMORY.search(Path(f"/proc/{process}/status").read_text())
    assert found
    return int(found[1]) / 1000


def busy_seconds(process: int | None) -> float:
    """Return the CPU seconds that a process has used; 0 if its id is None."""
    if process is None:
        return 0
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
