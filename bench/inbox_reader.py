"""A member who asks for the inbox in a process of their own, and measures how long that takes."""

import http.client
import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from multiprocessing.connection import Connection
from statistics import median, quantiles

from bench.instances import BROWSER_HEADERS
from bench.server_process import HOST

INTERVAL = 0.05
TIMEOUT = 10.0  # seconds, after which a request has failed
FRESH, HEALTH = 10, 20  # every so many requests a new connection, and a request to /healthz


@dataclass
class InboxTimes:
    """The seconds that each request for the inbox took, and how many requests failed."""

    times: list[float] = field(default_factory=list)
    failures: int = 0
    health: list[bool] = field(default_factory=list)

    def add(self, more: "InboxTimes") -> None:
        self.times += more.times
        self.failures += more.failures
        self.health += more.health

    @property
    def p95(self) -> float:
        return quantiles(self.times, n=20)[18]

    @property
    def milliseconds(self) -> list[str]:
        """Return p50, p95 and the longest time."""
        return [f"{part * 1000:.0f}" for part in (median(self.times), self.p95, max(self.times))]

    def __str__(self) -> str:
        text = "inbox p50 {} ms, p95 {}, longest {}".format(*self.milliseconds)
        return text + (f", {self.failures} of {len(self.times)} FAILED" if self.failures else "")


class InboxReader:
    """Controls the process that asks for the inbox."""

    def __init__(self, orders: Connection) -> None:
        self._orders = orders

    def start(self) -> None:
        self._orders.send("start")

    def stop(self) -> InboxTimes:
        """Stop asking, and return what was measured since `start`."""
        self._orders.send("stop")
        times: InboxTimes = self._orders.recv()
        return times


@contextmanager
def reading_inbox(port: int, cookie: str) -> Iterator[InboxReader]:
    """Run a process during the block that asks for the inbox whenever it is told to."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=obey, args=(theirs, port, cookie), daemon=True)
    process.start()
    try:
        yield InboxReader(ours)
    finally:
        ours.close()
        process.terminate()
        process.join()


def obey(orders: Connection, port: int, cookie: str) -> None:
    """Measure from each order to start to the next order, which is to stop."""
    with suppress(EOFError):
        while orders.recv() == "start":
            orders.send(measure(orders, port, cookie))


def measure(orders: Connection, port: int, cookie: str) -> InboxTimes:
    result, kept = InboxTimes(), connect(port)
    due = time.perf_counter()
    for number in count(1):
        due = max(due + INTERVAL, time.perf_counter())
        if orders.poll(due - time.perf_counter()):
            break
        used = connect(port) if number % FRESH == 0 else kept
        began = time.perf_counter()
        has_answer = ask(used, "/messaging", cookie)
        result.times.append(time.perf_counter() - began)
        result.failures += not has_answer
        if used is not kept:
            used.close()
        if number % HEALTH == 1:
            used = connect(port)
            result.health.append(ask(used, "/healthz"))
            used.close()
    orders.recv()
    kept.close()
    return result


def connect(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(HOST, port, timeout=TIMEOUT)


def ask(connection: http.client.HTTPConnection, path: str, cookie: str = "") -> bool:
    """Send a request, and return whether it was answered with HTTP 200."""
    try:
        connection.request("GET", path, headers=BROWSER_HEADERS | {"Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        connection.close()
        return False
    return answer.status == 200
