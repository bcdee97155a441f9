"""Measure how thousands of tabs come back after the server was away, as pages do it.

Each tab asks every 0.5 to 2.5 seconds whether there is room (`static/js/live/connection.js`), and
connects when it is answered. Times begin when the new server first answers.
"""

import os
import random
import resource
import time
from collections import Counter
from collections.abc import Iterator

from bench.instances import BROWSER_HEADERS, filled_instance
from bench.live import busy_seconds
from bench.load_generator import percentiles, sign_in_directly
from bench.rows import RowWriter
from bench.sends import CLIENT_CORE, SERVER_CORE, pinned_to
from bench.server_process import HOST, free_port, serving
from bench.tab_clients import EventLoop, PostClient, TabClient

TABS = 4000
WAIT = (0.5, 2.5)  # seconds between two questions of a tab
DOWN_SECONDS, TIMEOUT = 5, 60


class Question(PostClient):
    """A request whose answer has no body."""

    def _is_complete(self) -> bool:
        return b"\r\n\r\n" in self.buffer


class ReturningTab:
    """A tab that has lost the server: it asks until there is an answer, and then connects."""

    def __init__(self, loop: EventLoop, port: int, cookie: str) -> None:
        self.loop, self.port, self.cookie = loop, port, cookie
        self.back_at, self.answers = 0.0, Counter[int]()
        self.socket: TabClient | None = None
        self.plan()

    def plan(self) -> None:
        """Choose when to ask next."""
        self.due = time.perf_counter() + random.uniform(*WAIT)

    def ask(self) -> None:
        """Ask whether there is room."""
        self.plan()
        lines = BROWSER_HEADERS | {"Host": f"{HOST}:{self.port}", "Cookie": self.cookie}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        try:
            caller = Question(self.loop, self.port, self.receive)
            caller.send(0, f"GET /live?waiting=false HTTP/1.1\r\n{head}\r\n".encode())
        except OSError:
            self.answers[0] += 1

    def receive(self, caller: PostClient, status: int, now: float) -> None:
        """Connect if there is room."""
        caller.close()
        self.answers[status] += 1
        if status == 204 and self.socket is None:
            self.due = now + TIMEOUT
            self.socket = TabClient(self.loop, self.port, self.cookie, "", self.arrive)

    def arrive(self, _: bytes, now: float) -> None:
        """Note when the first frame came, which ends "Reconnecting…"."""
        self.back_at = self.back_at or now


def figures() -> Iterator[str]:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    settings = {"SOCKETS": "5000", "PORT": str(port := free_port())}
    with filled_instance(add_members) as busy, pinned_to(CLIENT_CORE):
        cookies = [sign_in_directly(busy.app, member + 1)[0] for member in range(TABS)]
        loop = EventLoop()
        tabs = [ReturningTab(loop, port, cookie) for cookie in cookies]
        turn(tabs, time.perf_counter() + DOWN_SECONDS)
        with serving(busy.folder, SERVER_CORE, settings) as served:
            began, cpu = time.perf_counter(), busy_seconds(served)
            turn(tabs, began + TIMEOUT)
            cpu = busy_seconds(served) - cpu
    times = sorted(tab.back_at - began for tab in tabs if tab.back_at)
    answers = sum((tab.answers for tab in tabs), Counter())
    yield f"{len(times)} of {TABS} tabs are back: {percentiles(times)}"
    yield f"back in each second: {sorted(Counter(map(int, times)).items())}"
    yield f"answers: {dict(answers)}"
    yield f"server's CPU: {cpu:.1f} s, {cpu / TABS * 1000:.2f} ms for each tab"
    yield f"load {os.getloadavg()[0]:.1f}"


def add_members(rows: RowWriter) -> list[int]:
    rows.members(TABS)
    rows.sessions(TABS)
    return []


def turn(tabs: list[ReturningTab], until: float) -> None:
    """Let tabs ask and connect until a time, or until all are back."""
    while (now := time.perf_counter()) < until and not all(tab.back_at for tab in tabs):
        for tab in tabs:
            if tab.due <= now:
                tab.ask()
        tabs[0].loop.turn(0.005)
