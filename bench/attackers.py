"""Clients that attack a server: connections that send too little, and requests one by one."""

import http.client
import os
import resource
import select
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from bench.instances import BROWSER_HEADERS, find_csrf_token
from bench.server_process import HOST

CLOSED = select.POLLRDHUP | select.POLLHUP | select.POLLERR
CONNECT_TIMEOUT, ANSWER_TIMEOUT, TURN = 2.0, 30.0, 0.5  # seconds
NICENESS = 10
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
Outcomes = Counter[str]


@dataclass(frozen=True)
class Target:
    """What an attacker knows: the port, sessions of their own, and an invite link's token.

    `address` is the attacker's own, `members` has a cookie and a CSRF token of each session, and
    `ended` is the cookie of a session that has ended.
    """

    port: int
    address: str
    members: list[tuple[str, str]]
    ended: str
    conversation_ids: list[int]
    invite: str
    seconds: float

    def connect(self, timeout: float = CONNECT_TIMEOUT) -> socket.socket:
        return socket.create_connection((HOST, self.port), timeout, (self.address, 0))


def yield_to_others() -> None:
    """Let the server and the inbox's reader run first, and raise the limit of open files."""
    os.nice(NICENESS)
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def head(line: str, *more: str, cookie: str = "") -> bytes:
    """Return the head of a request: its line, the usual headers, and more headers."""
    cookies = (f"Cookie: {cookie}",) if cookie else ()
    headers = (f"Host: {HOST}", "User-Agent: Mozilla/5.0 Firefox/150.0", *cookies, *more)
    return "\r\n".join((f"{line} HTTP/1.1", *headers, "\r\n")).encode()


class SlowClients:
    """A number of connections that each send `opening`, and then `drip` twice a second.

    Those that the server answers or closes are opened again. Unless `reads`, nothing is read.
    """

    def __init__(
        self,
        target: Target,
        number: int,
        opening: bytes,
        drip: bytes = b"",
        *,
        reads: bool = True,
    ) -> None:
        self.target, self.number, self.opening, self.drip = target, number, opening, drip
        self.events = CLOSED | (select.POLLIN if reads else 0)
        self.outcomes, self.poll = Outcomes(), select.poll()
        self.connections: dict[int, socket.socket] = {}
        self.upgraded: set[int] = set()

    def run(self) -> Outcomes:
        until = time.monotonic() + self.target.seconds
        while (now := time.monotonic()) < until:
            self._open(until)
            self._watch(now + TURN)
            for number in list(self.connections) if self.drip else ():
                self._send(number, self.drip)
        hidden = 0 if self.events & select.POLLIN else closing_sockets(self.target)
        self.outcomes["closed"] += hidden
        self.outcomes["waiting"] = len(self.connections) - hidden
        for each in self.connections.values():
            each.close()
        return self.outcomes

    def _open(self, until: float) -> None:
        missing = self.number - len(self.connections)
        for _ in range(missing):
            if time.monotonic() > until:
                return
            try:
                connection = self.target.connect()
            except OSError:
                self.outcomes["not accepted"] += 1
                return
            self.connections[connection.fileno()] = connection
            self.poll.register(connection, self.events)
            self._send(connection.fileno(), self.opening)

    def _watch(self, until: float) -> None:
        while True:
            for number, _ in self.poll.poll(max(0.0, until - time.monotonic()) * 1000):
                if self.events & select.POLLIN:
                    self._read(number)
                else:
                    self._end(number, "closed")
            if time.monotonic() >= until:
                return

    def _read(self, number: int) -> None:
        try:
            data = self.connections[number].recv(65536)
        except OSError:
            data = b""
        if not data:
            self._end(number, "closed")
        elif data.startswith(b"HTTP/1.1 101"):
            self.upgraded.add(number)
        elif number not in self.upgraded:
            self._end(number, data[9:12].decode())

    def _send(self, number: int, data: bytes) -> None:
        try:
            self.connections[number].sendall(data)
        except OSError:
            if self.events & select.POLLIN:
                self._read(number)  # the answer, if there is one
            else:
                self._end(number, "closed")

    def _end(self, number: int, outcome: str) -> None:
        self.outcomes[outcome] += 1
        self.upgraded.discard(number)
        self.poll.unregister(number)
        self.connections.pop(number).close()


def closing_sockets(target: Target) -> int:
    """Return how many connections the server has closed while their client reads nothing.

    Such a client can't tell. For the system they wait (FIN-WAIT-1) until the rest is read.
    """
    address = int.from_bytes(socket.inet_aton(target.address), sys.byteorder)
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    fields = (line.split() for line in lines)
    return sum(
        local.endswith(f":{target.port:04X}")
        and remote.startswith(f"{address:08X}")
        and state == "04"
        for _, local, remote, state, *_ in fields
    )


class Caller:
    """A keep-alive connection of an attacker, which is opened again after an error."""

    def __init__(self, target: Target, cookie: str = "", token: str = "") -> None:
        self.target, self.cookie, self.token = target, cookie, token
        self.outcomes, self.status = Outcomes(), ""
        self.connection = http.client.HTTPConnection(
            HOST, target.port, timeout=ANSWER_TIMEOUT, source_address=(target.address, 0)
        )

    def call(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> str:
        """Send a request, count its outcome, and return the text of the response."""
        own = {"Cookie": self.cookie} if self.cookie else {}
        own |= {"X-CSRFToken": self.token} if self.token else {}
        try:
            self.connection.request(method, path, body, BROWSER_HEADERS | own | dict(headers or {}))
            answer = self.connection.getresponse()
            data = answer.read()
        except (OSError, http.client.HTTPException):
            self._count("closed")
            self.connection.close()
            return ""
        self._count(str(answer.status))
        set_cookies = answer.headers.get_all("Set-Cookie", [])
        if set_cookies and not self.token:
            self.cookie = "; ".join(each.partition(";")[0] for each in set_cookies)
        return data.decode(errors="replace") if not answer.headers["Content-Encoding"] else ""

    def post_form(self, path: str, form: Mapping[str, str]) -> str:
        """Send a form; return the status of the response."""
        self.call("POST", path, urlencode(form).encode(), FORM)
        return self.status

    def _count(self, status: str) -> None:
        self.status = status
        self.outcomes[status] += 1

    def read_token(self, path: str) -> str:
        """Fetch a page with a form, and return the CSRF token in it."""
        return find_csrf_token(self.call("GET", path, headers={"Accept-Encoding": "identity"}))


def evenly(number: int, seconds: float) -> Iterator[int]:
    """Yield the numbers from 1 on, spread over some seconds."""
    began = time.monotonic()
    for each in range(number):
        time.sleep(max(0.0, began + each * seconds / number - time.monotonic()))
        yield each + 1


def at_once(callers: list[Caller], act: Callable[[Caller], object], seconds: float) -> Outcomes:
    """Let each caller act again and again for some seconds, all at the same time."""

    def repeat(caller: Caller) -> Outcomes:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            act(caller)
        caller.connection.close()
        return caller.outcomes

    with ThreadPoolExecutor(len(callers)) as crowd:
        return sum(crowd.map(repeat, callers), Outcomes())


def told(outcomes: Outcomes) -> str:
    """Return outcomes in words, such as "64 waiting, 136 got 408".

    Those that came back after an outcome count again.
    """
    parts = sorted((name, number) for name, number in outcomes.items() if number)
    return ", ".join(
        f"{number:,} {f'got {name}' if name.isdigit() else name}" for name, number in parts
    )
