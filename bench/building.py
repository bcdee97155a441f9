"""The index is made of all messages, by the command that does so, on one core."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.sends import SERVER_CORE
from bench.server import pinned

EVERY = 0.1  # seconds between two looks at what the processes hold in memory
HELD = re.compile(r"VmHWM:\s+(\d+) kB")


@dataclass(frozen=True)
class Built:
    """An index: seconds that it took, MB on disk, and the most MB of memory that were held."""

    seconds: float
    size: float
    memory: float = 0


def build(folder: Path) -> Built:
    """Make the index of a data folder."""
    others = {name: text for name, text in os.environ.items() if not name.startswith("LINKMSG_")}
    command = [*pinned(SERVER_CORE), sys.executable, "-m", "linkmsg", "search", "rebuild"]
    began, most = time.perf_counter(), 0
    with subprocess.Popen(
        command, env=others | {"LINKMSG_DATA_DIR": str(folder)}, stdout=subprocess.DEVNULL
    ) as process:
        while process.poll() is None:
            most = max([most, *map(held, family(process.pid))])
            time.sleep(EVERY)
    assert process.returncode == 0, "the index could not be made"
    seconds = time.perf_counter() - began
    return Built(seconds, size(folder / "search") / 1e6, most / 1000)


def family(process_id: int) -> Iterator[int]:
    """A process and those that it has started."""
    yield process_id
    try:
        children = Path(f"/proc/{process_id}/task/{process_id}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from family(int(child))


def held(process_id: int) -> int:
    """The most that a process has ever held in memory, in kB; 0 if it is gone."""
    try:
        found = HELD.search(Path(f"/proc/{process_id}/status").read_text())
    except OSError:
        return 0
    return int(found[1]) if found else 0


def size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
