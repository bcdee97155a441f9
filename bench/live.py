"""Measure live updates with thousands of tabs: from sending a message to its arrival.

Each of 4,000 members has one tab, and a conversation with one other. Messages are sent at a fixed
rate, whether the last one was answered or not.
"""

import os
import re
import resource
import time
from collections.abc import Iterator

from bench.instances import filled_instance
from bench.load_generator import LoadGenerator
from bench.rows import RowWriter
from bench.sends import CLIENT_CORE, SERVER_CORE, pinned_to
from bench.server_process import RunningServer, serving, taskset

PAIRS = 2000
SETTINGS = {"SOCKETS": "5000"}
RATES = ((0, 26), (20, 10), (50, 10), (100, 20))  # sends per second, and for how many seconds


def figures() -> Iterator[str]:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with (
        filled_instance(add_pairs) as busy,
        serving(busy.folder, SERVER_CORE, SETTINGS) as served,
        pinned_to(CLIENT_CORE),
    ):
        load = LoadGenerator(busy, served.port)
        before = memory(served)
        yield f"{load.open_tabs()}, {(memory(served) - before) / len(load.tabs):.0f} KiB each"
        yield f"server's memory: {before / 1024:.0f} MiB before, {memory(served) / 1024:.0f} after"
        for rate, seconds in RATES:
            cpu, began = busy_seconds(served), time.perf_counter()
            run = load.send(rate, seconds)
            share = (busy_seconds(served) - cpu) / (time.perf_counter() - began)
            label = f"{rate} sends per second: {run}" if rate else "idle"
            yield f"{label}; server's CPU {share:.0%} of a core"
        open_now = sum(tab.is_open for tab in load.tabs)
        yield f"{open_now} tabs are open at the end; load {os.getloadavg()[0]:.1f}"
    where = f"core {SERVER_CORE}" if taskset(SERVER_CORE) else "all cores (taskset is missing)"
    yield f"server on {where}, tabs and posts elsewhere on the machine; SQLite synchronous=FULL"


def add_pairs(rows: RowWriter) -> list[int]:
    """Insert members, and connect 1 and 2, 3 and 4, and so on; return their conversations' ids."""
    rows.members(2 * PAIRS)
    rows.sessions(2 * PAIRS)
    return [rows.conversations(2 * pair + 1, {2 * pair + 2: 3})[0] for pair in range(PAIRS)]


def memory(served: RunningServer) -> int:
    """Return the memory (RSS) of the process that answers requests, in KiB."""
    found = re.search(r"VmRSS:\s+(\d+) kB", (served.worker / "status").read_text())
    assert found
    return int(found[1])


def busy_seconds(served: RunningServer) -> float:
    """Return the CPU seconds that the process that answers requests has used."""
    fields = (served.worker / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
