"""Run all benches, or those that are named, and print each figure with its command."""

import argparse
import os
import platform
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

from bench import files, growth, live, search, sends, start, statements, weight

BENCHES: dict[str, Callable[..., Iterator[str]]] = {
    "statements": statements.figures,
    "inbox": growth.inbox,
    "thread": growth.thread,
    "weight": weight.figures,
    "sends": sends.figures,
    "live": live.figures,
    "files": files.figures,
    "search": search.figures,
    "start": start.figures,
}


def main(arguments: list[str]) -> None:
    options = parsed(arguments)
    more = {"search": {"messages": options.messages, "keep": options.keep}}
    print(machine())
    for name in options.wanted or BENCHES:
        began = time.perf_counter()
        print(f"\npython -m bench {name}", flush=True)
        for line in BENCHES[name](**more.get(name, {})):
            print(f"  {line}", flush=True)
        print(f"  (took {time.perf_counter() - began:.0f} s)")


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("wanted", nargs="*", metavar="bench", help=", ".join(BENCHES))
    parser.add_argument(
        "--messages", type=int, default=search.MESSAGES, help="of the bench search (%(default)s)"
    )
    parser.add_argument(
        "--keep", type=Path, help="where the places of the bench search are kept for another time"
    )
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.wanted if name not in BENCHES]:
        sys.exit(f"There is no bench {unknown[0]}. There are: {', '.join(BENCHES)}.")
    return options


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
