"""A process that makes the index of a data folder, as the worker of a server does.

It prints what it took as JSON: seconds by the clock and of the processor, for reading the
messages and for writing the index; how long the writer was held at most, and the most memory.
"""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.building import busy_seconds, most
from linkmsg import create_app
from linkmsg.config import Settings
from linkmsg.search.feed import change_feed
from linkmsg.search.feed.indexer import Indexer
from linkmsg.storage.child import Child


class Timed(Child):
    """The writer, and the most that each thing took it: by the clock and of the processor."""

    def __init__(self, child: Child) -> None:
        super().__init__(child.command)
        self.held: dict[str, list[float]] = {}

    def ask(self, line: bytes, seconds: float) -> bytes | None:
        began, worked = time.perf_counter(), busy_seconds(self.pid)
        answer = super().ask(line, seconds)
        took = time.perf_counter() - began, busy_seconds(self.pid) - worked
        what = json.loads(line)["do"]
        self.held[what] = [*map(max, self.held.get(what, (0.0, 0.0)), took)]
        return answer


def main(folder: Path) -> None:
    app = create_app(Settings(data_dir=folder), prepared=True)
    with app.app_context():
        print(json.dumps(dict(figures(app.extensions["linkmsg.search"]))))


def figures(index: Any) -> Iterator[tuple[str, Any]]:
    indexer, last = Indexer(index), change_feed.last_change()
    indexer.child = timed = Timed(indexer.child)
    timed.ask(b'{"do": "status"}', 60)  # it starts
    timed.held.clear()
    began, worked = time.perf_counter(), time.process_time()
    while index.state().checkpoint < last or indexer.has_more:
        indexer.run()
    yield "seconds", time.perf_counter() - began
    yield "reading", time.process_time() - worked
    yield "writing", busy_seconds(timed.pid)
    yield "held", timed.held
    yield "memory", [most(), most(timed.pid or "self")]
    timed.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
