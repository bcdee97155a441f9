"""Messages a second through HTTP, each on disk before it is answered, on one core."""

import os
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import quantiles

from bench.place import DATABASE, FEW, conversations, place
from bench.server import Client, pinned, serving

SERVER_CORE, CLIENT_CORE = 0, 1
CLIENTS = (1, 8)
SECONDS = 8


def figures() -> Iterator[str]:
    with place(conversations(FEW)) as small:
        file = small.folder / DATABASE
        with serving(small.folder, SERVER_CORE) as served, on_core(CLIENT_CORE):
            clients = [Client(served.port, talk + 1) for talk in small.talks[: max(CLIENTS)]]
            for number in CLIENTS:
                before, began = count(file), time.perf_counter()
                some = list(zip(clients[:number], small.talks, strict=False))
                with ThreadPoolExecutor(number) as crowd:
                    times = [each for taken in crowd.map(send_for_a_while, some) for each in taken]
                rate = (count(file) - before) / (time.perf_counter() - began)
                assert count(file) - before == len(times), (
                    "a message that was answered is not there"
                )
                yield f"{rate:.0f} durable sends a second, {spread(times)}, clients: {number}"
    where = f"core {SERVER_CORE}" if pinned(SERVER_CORE) else "all cores: there is no taskset"
    yield f"server on {where}, clients elsewhere; SQLite synchronous=FULL; keep-alive; br"


def send_for_a_while(who: tuple[Client, int]) -> list[float]:
    """Send one message after the other, and how long each took to be answered, in seconds."""
    client, talk = who
    times: list[float] = []
    until = time.perf_counter() + SECONDS
    while (began := time.perf_counter()) < until:
        status = client.send(talk, f"Message {len(times)}", f"bench-{time.time_ns()}-{talk}")
        assert status == 200, f"a send was answered with {status}"
        times.append(time.perf_counter() - began)
    return times


def spread(times: list[float]) -> str:
    parts = quantiles(times, n=100)
    return f"p50 {parts[49] * 1000:.1f} ms, p95 {parts[94] * 1000:.1f} ms"


def count(file: Path) -> int:
    with closing(sqlite3.connect(file)) as database:
        return int(database.execute("SELECT count(*) FROM messages").fetchone()[0])


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Stay on one core, where the machine lets us: not on the server's."""
    if not pinned(core):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
