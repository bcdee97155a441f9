"""Measure how many messages per second one core accepts over HTTP and stores safely on disk."""

import os
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import quantiles

from bench.instances import DATABASE, FEW, conversation_sizes, instance_with
from bench.server_process import HttpClient, serving, taskset

SERVER_CORE, CLIENT_CORE = 0, 1
CLIENTS = (1, 8)
SECONDS = 8


def figures() -> Iterator[str]:
    with instance_with(conversation_sizes(FEW)) as small:
        file = small.folder / DATABASE
        with serving(small.folder, SERVER_CORE) as served, pinned_to(CLIENT_CORE):
            ids = small.conversation_ids[: max(CLIENTS)]
            clients = [HttpClient(served.port, id + 1) for id in ids]
            for number in CLIENTS:
                before, began = count_messages(file), time.perf_counter()
                some = list(zip(clients[:number], ids, strict=False))
                with ThreadPoolExecutor(number) as crowd:
                    times = [each for taken in crowd.map(send_for_a_while, some) for each in taken]
                rate = (count_messages(file) - before) / (time.perf_counter() - began)
                assert count_messages(file) - before == len(times), (
                    "an accepted message is not in the database"
                )
                yield f"{rate:.0f} durable sends per second, {percentiles(times)}, {number} clients"
    where = f"core {SERVER_CORE}" if taskset(SERVER_CORE) else "all cores (taskset is missing)"
    yield f"server on {where}, clients elsewhere; SQLite synchronous=FULL; keep-alive; br"


def send_for_a_while(client_and_conversation: tuple[HttpClient, int]) -> list[float]:
    """Send messages one after another for SECONDS; return the seconds until each answer."""
    client, conversation_id = client_and_conversation
    times: list[float] = []
    until = time.perf_counter() + SECONDS
    while (began := time.perf_counter()) < until:
        nonce = f"bench-{time.time_ns()}-{conversation_id}"
        status = client.send(conversation_id, f"Message {len(times)}", nonce)
        assert status == 200, f"a send was answered with {status}"
        times.append(time.perf_counter() - began)
    return times


def percentiles(times: list[float]) -> str:
    parts = quantiles(times, n=100)
    return f"p50 {parts[49] * 1000:.1f} ms, p95 {parts[94] * 1000:.1f} ms"


def count_messages(file: Path) -> int:
    with closing(sqlite3.connect(file)) as database:
        return int(database.execute("SELECT count(*) FROM messages").fetchone()[0])


@contextmanager
def pinned_to(core: int) -> Iterator[None]:
    """Let this process run only on one core during the block, where the system allows it."""
    if not taskset(core):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
