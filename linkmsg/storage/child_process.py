"""Runs a child process for work that may crash or hang; it answers each line with a line."""

import os
import selectors
import subprocess
from collections.abc import Sequence
from threading import Lock
from time import monotonic

# The environment that a child inherits: nothing with secrets in it.
ALLOWED_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "SYSTEMROOT")
# Fewer malloc arenas: threads of C libraries would reserve much of the child's memory limit. Memory
# of large images goes back to the system at once, which glibc stops doing after the first of them.
EXTRA_ENVIRONMENT = {
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": "1048576",
    "MALLOC_TRIM_THRESHOLD_": "1048576",
}
MAX_RESPONSE = 64 * 1024


class ChildProcess:
    """A child process that answers requests; the first request starts it, or the next if it died.

    The command must read a line from standard input, answer with a line on standard output, and
    so on, and exit at the end of its input: then it does not outlive this process. Threads may
    share the object; they wait for each other.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self.command = list(command)
        self._lock = Lock()
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Return the id of the child process, or None while there is none."""
        return self._running.pid if self._running else None

    def request(self, line: bytes, seconds: float) -> bytes | None:
        """Send a line (without line end) and return the answer with its line end.

        Return None if the child died over it or did not answer in time; it is then killed. A child
        that died before is replaced first.
        """
        with self._lock:
            if self._running and self._running.poll() is not None:
                self._kill()
            running = self._running = self._running or self._start()
            try:
                answer = _exchange(running, line, monotonic() + seconds)
            except OSError:
                answer = None
            if answer is None:
                self._kill()
            return answer

    def close(self) -> None:
        """Kill the child process, if it runs; the next request starts a new one."""
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
