"""Run `linkmsg run` in a separate process, and send requests to it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import IO
from urllib.parse import urlencode

from bench.instances import BROWSER_HEADERS, PARTIAL_HEADERS, find_csrf_token
from bench.rows import PASSWORD

HOST = "127.0.0.1"


@dataclass
class RunningServer:
    """A running server; `seconds` is the time from its start to its first answer."""

    port: int
    seconds: float
    process_id: int

    @property
    def worker(self) -> Path:
        """Return the /proc folder of gunicorn's worker, the process that answers requests."""
        own = Path(f"/proc/{self.process_id}")
        child = (own / "task" / own.name / "children").read_text().split()[0]
        return own.with_name(child)


@contextmanager
def serving(
    folder: Path,
    core: int | None = None,
    extra: Mapping[str, str] | None = None,
    log: Path | None = None,
) -> Iterator[RunningServer]:
    """Run linkmsg with a data folder during the block, optionally on one core.

    `extra` has settings by name, such as UPLOADS for LINKMSG_UPLOADS. `log` is the file for what
    the server logs, instead of the terminal.
    """
    settings = {"DATA_DIR": str(folder), "PORT": str(free_port()), "MESSAGES_MINUTELY": "100000"}
    settings |= extra or {}
    port = int(settings["PORT"])
    others = {name: text for name, text in os.environ.items() if not name.startswith("LINKMSG_")}
    environment = others | {f"LINKMSG_{name}": text for name, text in settings.items()}
    command = [*taskset(core), sys.executable, "-m", "linkmsg", "run"]
    with (
        log.open("w") if log else nullcontext() as file,
        running(command, port, environment, file) as served,
    ):
        yield served


@contextmanager
def running(
    command: list[str],
    port: int,
    environment: Mapping[str, str] | None = None,
    log: IO[str] | None = None,
) -> Iterator[RunningServer]:
    """Run a server process during the block, which begins when it answers on its port."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=log, process_group=0
    )
    try:
        wait_for_answer(port, process)
        yield RunningServer(port, time.perf_counter() - began, process.pid)
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Stop a server; if it runs 30 seconds later, kill it and its worker and raise an error."""
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)
        raise


def taskset(core: int | None) -> list[str]:
    """Return the start of a command that runs on one core only: `taskset -c 0`.

    Return an empty list if `core` is None, or the machine has no taskset or one core.
    """
    can_pin = core is not None and (os.cpu_count() or 1) > 1 and shutil.which("taskset")
    return ["taskset", "-c", str(core)] if can_pin else []


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        return int(taken.getsockname()[1])


def wait_for_answer(port: int, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            connection = HTTPConnection(HOST, port, timeout=10)
            connection.request("GET", "/sign-in")
            status = connection.getresponse().status
            connection.close()
        except OSError:
            time.sleep(0.005)
        else:
            assert status == 200, f"/sign-in answered {status}"
            return
    sys.exit(f"linkmsg run ended with status {process.returncode}")


class HttpClient:
    """A member who is signed in, and sends all requests over one connection."""

    def __init__(self, port: int, member_id: int) -> None:
        self.port = port
        self.connection = HTTPConnection(HOST, port, timeout=30)
        self.connection.connect()
        self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.cookies: dict[str, str] = {}
        token = find_csrf_token(self.request("GET", "/sign-in"))
        form = {"email": f"member-{member_id}@example.com", "password": PASSWORD}
        self.request("POST", "/sign-in", form | {"csrf_token": token})
        self.token = find_csrf_token(self.request("GET", "/settings/appearance"))

    def request(self, method: str, path: str, form: dict[str, str] | None = None) -> str:
        headers = {"Cookie": "; ".join(f"{name}={text}" for name, text in self.cookies.items())}
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, urlencode(form) if form else None, headers)
        answer = self.connection.getresponse()
        self._store_cookies(answer)
        return answer.read().decode()

    def send(self, conversation_id: int, body: str, nonce: str) -> int:
        """Send a message with the request that the page makes; return the HTTP status."""
        form = {"csrf_token": self.token, "revision": str(10**9), "body": body, "nonce": nonce}
        cookies = "; ".join(f"{name}={text}" for name, text in self.cookies.items())
        own = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        path = f"/messaging/{conversation_id}"
        self.connection.request(
            "POST", path, urlencode(form), BROWSER_HEADERS | PARTIAL_HEADERS | own
        )
        answer = self.connection.getresponse()
        answer.read()
        return answer.status

    def _store_cookies(self, answer: HTTPResponse) -> None:
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _, text = line.partition(";")[0].partition("=")
            self.cookies[name] = text
