"""Run all benches, or those that are named, and print each figure with its command."""

import os
import platform
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version

from bench import files, growth, live, sends, start, statements, weight

BENCHES: dict[str, Callable[[], Iterator[str]]] = {
    "statements": statements.figures,
    "inbox": growth.inbox,
    "thread": growth.thread,
    "weight": weight.figures,
    "sends": sends.figures,
    "live": live.figures,
    "files": files.figures,
    "start": start.figures,
}


def main(wanted: list[str]) -> None:
    if unknown := [name for name in wanted if name not in BENCHES]:
        sys.exit(f"There is no bench {unknown[0]}. There are: {', '.join(BENCHES)}.")
    print(machine())
    for name in wanted or BENCHES:
        began = time.perf_counter()
        print(f"\npython -m bench {name}", flush=True)
        for line in BENCHES[name]():
            print(f"  {line}", flush=True)
        print(f"  (took {time.perf_counter() - began:.0f} s)")


def machine() -> str:
    """What the figures were taken on; a load beside one's own makes them worse."""
    made_of = [
        f"{os.cpu_count()} cores {platform.machine()}",
        f"{platform.system()} {platform.release()}",
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
        f"gunicorn {version('gunicorn')}",
        f"load {os.getloadavg()[0]:.1f}",
    ]
    return " · ".join(made_of)


if __name__ == "__main__":
    main(sys.argv[1:])
