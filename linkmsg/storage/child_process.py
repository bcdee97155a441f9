"""A child process that is asked by lines: it does what may break, and breaks alone."""

import os
import selectors
import subprocess
from collections.abc import Sequence
from threading import Lock
from time import monotonic

# What a child may know of our environment: none of our secrets.
ALLOWED_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "SYSTEMROOT")
# Threads of a library in C reserve less of the memory that a child may have.
EXTRA_ENVIRONMENT = {"MALLOC_ARENA_MAX": "2"}
MAX_RESPONSE = 64 * 1024


class ChildProcess:
    """Started when it is first asked, and again when it has died; asked one thing at a time.

    It reads a line from its standard input and answers with one on its standard output. It
    ends by itself when its input does, so none outlives us.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self.command = list(command)
        self._lock = Lock()
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The number of its process, while there is one."""
        return self._running.pid if self._running else None

    def request(self, line: bytes, seconds: float) -> bytes | None:
        """Its answer to a line; None if it died over it, or was killed after so many seconds."""
        with self._lock:
            running = self._running = self._running or self._start()
            try:
                answer = _exchange(running, line, monotonic() + seconds)
            except OSError:
                answer = None
            if answer is None:
                self._end()
            return answer

    def close(self) -> None:
        """End it; asked again, it is started again."""
        with self._lock:
            self._end()

    def _start(self) -> subprocess.Popen[bytes]:
        told = {name: os.environ[name] for name in ALLOWED_ENVIRONMENT if name in os.environ}
        return subprocess.Popen(  # noqa: S603  (a command of ours, in which nobody has a say)
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env={**told, **EXTRA_ENVIRONMENT},
            start_new_session=True,  # Ctrl-C in a terminal is for us, not for it
        )

    def _end(self) -> None:
        if self._running:
            with self._running as ended:
                ended.kill()
            self._running = None


def _exchange(running: subprocess.Popen[bytes], line: bytes, until: float) -> bytes | None:
    if running.stdin is None or running.stdout is None:
        return None
    running.stdin.write(line + b"\n")
    answer = b""
    with selectors.DefaultSelector() as ready:
        ready.register(running.stdout, selectors.EVENT_READ)
        while len(answer) < MAX_RESPONSE and ready.select(until - monotonic()):
            said = os.read(running.stdout.fileno(), MAX_RESPONSE)
            if not said:
                return None
            answer += said
            if answer.endswith(b"\n"):
                return answer
    return None
