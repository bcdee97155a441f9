"""`linkmsg run` as a process of its own, and connections that are kept open to it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlencode

from bench.place import BROWSER, PARTIAL, token_in
from bench.rows import PASSWORD

HOST = "127.0.0.1"


@dataclass
class Served:
    """A server that runs: where, since when it answers, and the process that does the work."""

    port: int
    seconds: float
    process_id: int

    @property
    def worker(self) -> Path:
        """What the system tells of gunicorn's one worker."""
        own = Path(f"/proc/{self.process_id}")
        child = (own / "task" / own.name / "children").read_text().split()[0]
        return own.with_name(child)


@contextmanager
def serving(
    folder: Path, core: int | None = None, extra: Mapping[str, str] | None = None
) -> Iterator[Served]:
    """Serve a data folder, on one core if it is said, with more settings if there are any."""
    port = free_port()
    settings = {"DATA_DIR": str(folder), "PORT": str(port), "MESSAGES_MINUTELY": "100000"}
    settings |= extra or {}
    others = {name: text for name, text in os.environ.items() if not name.startswith("LINKMSG_")}
    environment = others | {f"LINKMSG_{name}": text for name, text in settings.items()}
    with running([*pinned(core), sys.executable, "-m", "linkmsg", "run"], port, environment) as it:
        yield it


@contextmanager
def running(
    command: list[str], port: int, environment: Mapping[str, str] | None = None
) -> Iterator[Served]:
    """Run a server that will listen on a port."""
    began = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, process_group=0)
    try:
        wait_for_answer(port, process)
        yield Served(port, time.perf_counter() - began, process.pid)
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Let it end; what has not ended by then is killed, and so is its worker."""
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)
        raise


def pinned(core: int | None) -> list[str]:
    """What binds a command to a core, where the machine has more than one and a way to say so."""
    can = core is not None and (os.cpu_count() or 1) > 1 and shutil.which("taskset")
    return ["taskset", "-c", str(core)] if can else []


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


class Client:
    """A member's browser on one connection that is kept open."""

    def __init__(self, port: int, member_id: int) -> None:
        self.port = port
        self.connection = HTTPConnection(HOST, port, timeout=30)
        self.connection.connect()
        self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.cookies: dict[str, str] = {}
        token = token_in(self.ask("GET", "/sign-in"))
        form = {"email": f"member-{member_id}@example.com", "password": PASSWORD}
        self.ask("POST", "/sign-in", form | {"csrf_token": token})
        self.token = token_in(self.ask("GET", "/settings/appearance"))

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> str:
        headers = {"Cookie": "; ".join(f"{name}={text}" for name, text in self.cookies.items())}
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, urlencode(form) if form else None, headers)
        answer = self.connection.getresponse()
        self._keep_cookies(answer)
        return answer.read().decode()

    def send(self, conversation_id: int, body: str, nonce: str) -> int:
        """Send as the page does, and read what comes back; the status."""
        form = {"csrf_token": self.token, "revision": str(10**9), "body": body, "nonce": nonce}
        cookies = "; ".join(f"{name}={text}" for name, text in self.cookies.items())
        own = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        path = f"/messaging/{conversation_id}"
        self.connection.request("POST", path, urlencode(form), BROWSER | PARTIAL | own)
        answer = self.connection.getresponse()
        answer.read()
        return answer.status

    def _keep_cookies(self, answer: HTTPResponse) -> None:
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _, text = line.partition(";")[0].partition("=")
            self.cookies[name] = text
