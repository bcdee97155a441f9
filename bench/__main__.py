"""Run all benchmarks, or the named ones, and print each figure with its command."""

import argparse
import os
import platform
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

from bench import (
    abuse,
    crashes,
    files,
    live,
    page_weight,
    pictures,
    reconnects,
    scaling,
    search,
    sends,
    startup,
    statements,
    texts,
)

BENCHMARKS: dict[str, Callable[..., Iterator[str]]] = {
    "statements": statements.figures,
    "inbox": scaling.inbox,
    "thread": scaling.thread,
    "weight": page_weight.figures,
    "sends": sends.figures,
    "live": live.figures,
    "reconnects": reconnects.figures,
    "files": files.figures,
    "pictures": pictures.figures,
    "search": search.figures,
    "texts": texts.figures,
    "abuse": abuse.figures,
    "start": startup.figures,
    "crashes": crashes.figures,
}


def main(arguments: list[str]) -> None:
    options = parse_arguments(arguments)
    arguments_of = {
        "search": {"messages": options.messages, "keep": options.keep},
        "crashes": {"kills": options.kills, "database_url": options.database_url},
    }
    print(describe_machine())
    for name in options.names or BENCHMARKS:
        began = time.perf_counter()
        print(f"\npython -m bench {name}", flush=True)
        for line in BENCHMARKS[name](**arguments_of.get(name, {})):
            print(f"  {line}", flush=True)
        print(f"  (took {time.perf_counter() - began:.0f} s)")


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="benchmark", help=", ".join(BENCHMARKS))
    parser.add_argument(
        "--messages",
        type=int,
        default=search.MESSAGES,
        help="messages in the search benchmark (default: %(default)s)",
    )
    parser.add_argument(
        "--keep", type=Path, help="folder to keep the search benchmark's data in, to reuse it"
    )
    parser.add_argument(
        "--kills",
        type=int,
        default=crashes.KILLS,
        help="kills in the crash proof (default: %(default)s)",
    )
    parser.add_argument(
        "--database-url",
        default="",
        help="PostgreSQL server in which the crash proof creates its database (default: SQLite)",
    )
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.names if name not in BENCHMARKS]:
        sys.exit(f"Unknown benchmark {unknown[0]}. Choose from: {', '.join(BENCHMARKS)}.")
    return options


def describe_machine() -> str:
    """Return one line with the cores, the versions of software, and the load average."""
    parts = [
        f"{os.cpu_count()} cores {platform.machine()}",
        f"{platform.system()} {platform.release()}",
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
        f"gunicorn {version('gunicorn')}",
        f"load {os.getloadavg()[0]:.1f}",
    ]
    return " · ".join(parts)


if __name__ == "__main__":
    main(sys.argv[1:])
