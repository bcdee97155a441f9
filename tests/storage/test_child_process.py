"""A crash or a timeout ends only the child process, and the next request restarts it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from linkmsg.storage.child_process import ChildProcess
from linkmsg.storage.thumbnails import SCRIPT, ProcessedImage
from tests.support.image_samples import coloured_image, encoded

# Seconds. No answer takes that long, not even on a very busy machine.
LONG = 300
ECHO = "import sys\nfor line in sys.stdin:\n    {}\n    print(line, end='', flush=True)"


def echo_process(first: str = "pass") -> ChildProcess:
    """Return a child that runs a statement and then echoes the line."""
    return ChildProcess((sys.executable, "-c", ECHO.format(first)))


def kill(pid: int) -> None:
    """Kill a child process and wait until it is dead."""
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "source"
    file.write_bytes(encoded(coloured_image(), "PNG"))
    return file


def test_child_answers_each_line_and_keeps_running():
    echo = echo_process()
    assert echo.pid is None
    assert echo.request(b"one", LONG) == b"one\n"
    first = echo.pid
    assert echo.request(b"two", LONG) == b"two\n"
    assert echo.pid == first
    echo.close()
    assert echo.pid is None


def test_child_that_dies_is_restarted():
    echo = echo_process("if 'die' in line: sys.exit(1)")
    assert echo.request(b"die", LONG) is None
    assert echo.request(b"one", LONG) == b"one\n"
    kill(echo.pid)
    assert echo.request(b"two", LONG) == b"two\n"
    echo.close()


def test_child_that_takes_too_long_is_killed():
    echo = echo_process("if 'wait' in line: import time; time.sleep(24 * 3600)")
    assert echo.request(b"one", LONG) == b"one\n"
    pid = echo.pid
    assert echo.request(b"wait", 0.3) is None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert echo.request(b"one", LONG) == b"one\n"
    echo.close()


def test_child_exits_at_the_end_of_its_input():
    with subprocess.Popen(
        [sys.executable, "-P", SCRIPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as running:
        running.stdin.close()
        assert running.wait(LONG) == 0


def test_child_does_not_inherit_secrets(monkeypatch):
    monkeypatch.setenv("LINKMSG_SECRET_KEY", "ours")
    echo = echo_process("import os; line = ' '.join(sorted(os.environ)) + '\\n'")
    assert b"LINKMSG" not in echo.request(b"", LONG)
    echo.close()


def test_thumbnailer_imports_neither_app_nor_database():
    list_modules = f"import runpy, sys; runpy.run_path({str(SCRIPT)!r}); print(sorted(sys.modules))"
    modules = subprocess.run(
        [sys.executable, "-P", "-c", list_modules], capture_output=True, text=True, check=True
    ).stdout
    assert "'PIL.Image'" in modules
    assert "linkmsg" not in modules
    assert "sqlalchemy" not in modules


def test_image_succeeds_though_the_child_died_before(thumbnailer, tmp_path, source):
    assert isinstance(thumbnailer.make_copies(source, tmp_path, 1), ProcessedImage)
    kill(thumbnailer.processes[-1].pid)
    assert isinstance(thumbnailer.make_copies(source, tmp_path, 1), ProcessedImage)


@pytest.mark.parametrize(
    ("limit", "spend", "end"),
    [
        ("MEMORY = 300 << 20", "respond = lambda _: {'refusal': str(len(bytes(900 << 20)))}", 1),
        ("CPU_SECONDS = 1", "respond = lambda _: [None for _ in iter(int, 1)]", -signal.SIGXCPU),
    ],
    ids=["memory", "time"],
)
def test_child_ends_beyond_its_limits(limit, spend, end):
    script = (SCRIPT / "__main__.py").read_text().replace('if __name__ == "__main__":', "if False:")
    path = f"import sys\nsys.path.append({str(SCRIPT)!r})"
    command = [sys.executable, "-c", f"{path}\n{script}\n{limit}\n{spend}\nmain()"]
    ended = subprocess.run(command, check=False, input=b"{}\n", capture_output=True, timeout=LONG)
    assert (ended.stdout, ended.returncode) == (b"", end)
