"""Build the search index of a data folder, as the server's background worker does.

Run as a process, this prints the costs as JSON: wall-clock and CPU seconds for reading the
messages and writing the index, the longest time of each kind of request to the process that
writes the index, and the peak memory of both processes.
"""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.index_build import busy_seconds, peak_memory
from linkmsg import create_app
from linkmsg.config import Settings
from linkmsg.search.feed import change_feed
from linkmsg.search.feed.indexer import Indexer
from linkmsg.storage.child_process import ChildProcess


class TimedChildProcess(ChildProcess):
    """The process that writes the index, with the longest times of each kind of request to it.

    `longest` has wall-clock and CPU seconds.
    """

    def __init__(self, child: ChildProcess) -> None:
        super().__init__(child.command)
        self.longest: dict[str, list[float]] = {}

    def request(self, line: bytes, seconds: float) -> bytes | None:
        began, cpu = time.perf_counter(), busy_seconds(self.pid)
        answer = super().request(line, seconds)
        took = time.perf_counter() - began, busy_seconds(self.pid) - cpu
        kind = json.loads(line)["do"]
        self.longest[kind] = [*map(max, self.longest.get(kind, (0.0, 0.0)), took)]
        return answer


def main(folder: Path) -> None:
    app = create_app(Settings(data_dir=folder), prepared=True)
    with app.app_context():
        print(json.dumps(dict(figures(app.extensions["linkmsg.search"]))))


def figures(index: Any) -> Iterator[tuple[str, Any]]:
    indexer, last = Indexer(index), change_feed.last_change()
    indexer.child = timed = TimedChildProcess(indexer.child)
    timed.request(b'{"do": "status"}', 60)  # starts the process
    timed.longest.clear()
    began, cpu = time.perf_counter(), time.process_time()
    while index.state().checkpoint < last or indexer.has_more:
        indexer.run()
    yield "seconds", time.perf_counter() - began
    yield "reading", time.process_time() - cpu
    yield "writing", busy_seconds(timed.pid)
    yield "longest", timed.longest
    yield "memory", [peak_memory(), peak_memory(timed.pid or "self")]
    timed.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
