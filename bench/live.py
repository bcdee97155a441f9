"""Tabs that are connected while their members write: from a post to the frame in the other's tab.

Pairs of members with a tab each. Sends come at a pace, whether the one before was answered or
not, so that a server that is late is seen to be late.
"""

import os
import re
import resource
import time
from collections.abc import Iterator

from bench.crowd import Crowd
from bench.place import filled
from bench.rows import Rows
from bench.sends import CLIENT_CORE, SERVER_CORE, on_core
from bench.server import Served, pinned, serving

PAIRS = 2000
SETTINGS = {"SOCKETS": "5000"}
PACES = ((0, 26), (20, 10), (50, 10), (100, 20))  # sends a second, for so many seconds


def figures() -> Iterator[str]:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with (
        filled(pairs) as busy,
        serving(busy.folder, SERVER_CORE, SETTINGS) as served,
        on_core(CLIENT_CORE),
    ):
        crowd = Crowd(busy, served.port)
        before = memory(served)
        yield f"{crowd.open_tabs()}, {(memory(served) - before) / len(crowd.tabs):.0f} KiB each"
        yield f"server's memory {before / 1024:.0f} MiB before, {memory(served) / 1024:.0f} after"
        for pace, seconds in PACES:
            cpu, began = busy_seconds(served), time.perf_counter()
            run = crowd.send(pace, seconds)
            share = (busy_seconds(served) - cpu) / (time.perf_counter() - began)
            what = f"{pace} sends a second: {run}" if pace else "nobody sends"
            yield f"{what}; server's CPU {share:.0%} of a core"
        open_now = sum(tab.is_open for tab in crowd.tabs)
        yield f"{open_now} tabs are open at the end; load {os.getloadavg()[0]:.1f}"
    where = f"core {SERVER_CORE}" if pinned(SERVER_CORE) else "all cores: there is no taskset"
    yield f"server on {where}, tabs and posts elsewhere on the machine; SQLite synchronous=FULL"


def pairs(rows: Rows) -> list[int]:
    """Members 1 and 2, 3 and 4, and so on are connected and have written to each other."""
    rows.members(2 * PAIRS)
    rows.sessions(2 * PAIRS)
    return [rows.talks(2 * pair + 1, {2 * pair + 2: 3})[0] for pair in range(PAIRS)]


def memory(served: Served) -> int:
    """What the worker holds in memory, in KiB."""
    found = re.search(r"VmRSS:\s+(\d+) kB", (served.worker / "status").read_text())
    assert found
    return int(found[1])


def busy_seconds(served: Served) -> float:
    """How long the worker has computed."""
    fields = (served.worker / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
