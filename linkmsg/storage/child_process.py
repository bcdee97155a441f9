"""A child process for work that may crash or hang: a line in, a line out."""

import os
import selectors
import subprocess
from collections.abc import Sequence
from threading import Lock
from time import monotonic

# The environment that a child inherits: nothing with secrets in it.
ALLOWED_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "SYSTEMROOT")
# Fewer malloc arenas: threads of C libraries would reserve much of the child's memory limit.
EXTRA_ENVIRONMENT = {"MALLOC_ARENA_MAX": "2"}
MAX_RESPONSE = 64 * 1024


class ChildProcess:
    """A child process, started by the first request and again after it has died.

    It reads a request line from standard input and answers with a line on standard output, one
    at a time. It exits at the end of its input, so it never outlives this process.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self.command = list(command)
        self._lock = Lock()
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Return the process id, or None if it does not run."""
        return self._running.pid if self._running else None

    def request(self, line: bytes, seconds: float) -> bytes | None:
        """Send a line and return the answer; None if the child died or the time was up."""
        with self._lock:
            running = self._running = self._running or self._start()
            try:
                answer = _exchange(running, line, monotonic() + seconds)
            except OSError:
                answer = None
            if answer is None:
                self._kill()
            return answer

    def close(self) -> None:
        """Stop the child; the next request starts a new one."""
        with self._lock:
            self._kill()

    def _start(self) -> subprocess.Popen[bytes]:
        inherited = {name: os.environ[name] for name in ALLOWED_ENVIRONMENT if name in os.environ}
        return subprocess.Popen(  # noqa: S603  (the command has no user input)
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env={**inherited, **EXTRA_ENVIRONMENT},
            start_new_session=True,  # Ctrl-C in a terminal must not reach it
        )

    def _kill(self) -> None:
        if self._running:
            with self._running as process:
                process.kill()
            self._running = None


def _exchange(running: subprocess.Popen[bytes], line: bytes, until: float) -> bytes | None:
    if running.stdin is None or running.stdout is None:
        return None
    running.stdin.write(line + b"\n")
    answer = b""
    with selectors.DefaultSelector() as ready:
        ready.register(running.stdout, selectors.EVENT_READ)
        while len(answer) < MAX_RESPONSE and ready.select(until - monotonic()):
            data = os.read(running.stdout.fileno(), MAX_RESPONSE)
            if not data:
                return None
            answer += data
            if answer.endswith(b"\n"):
                return answer
    return None
