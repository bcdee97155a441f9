"""What breaks, breaks in the child alone, which is there again at once."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from linkmsg.storage.child_process import ChildProcess
from linkmsg.storage.thumbnails import SCRIPT, ImageRejection, ProcessedImage, Thumbnailer
from tests.support.pictures import picture, saved

ECHO = "import sys\nfor line in sys.stdin:\n    {}\n    print(line, end='', flush=True)"


def child(first: str = "pass") -> ChildProcess:
    return ChildProcess((sys.executable, "-c", ECHO.format(first)))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "source"
    file.write_bytes(saved(picture(), "PNG"))
    return file


def test_it_answers_one_line_with_one_and_lives_on():
    echo = child()
    assert echo.pid is None
    assert echo.request(b"one", 10) == b"one\n"
    first = echo.pid
    assert echo.request(b"two", 10) == b"two\n"
    assert echo.pid == first
    echo.close()
    assert echo.pid is None


def test_one_that_dies_is_started_again():
    echo = child("if 'die' in line: sys.exit(1)")
    assert echo.request(b"die", 10) is None
    assert echo.request(b"one", 10) == b"one\n"
    os.kill(echo.pid, signal.SIGKILL)
    assert echo.request(b"two", 10) is None
    assert echo.request(b"two", 10) == b"two\n"
    echo.close()


def test_one_that_takes_too_long_is_killed():
    echo = child("if 'wait' in line: import time; time.sleep(60)")
    started = time.monotonic()
    assert echo.request(b"wait", 0.3) is None
    assert time.monotonic() - started < 5
    assert echo.request(b"one", 10) == b"one\n"
    echo.close()


def test_it_ends_when_nothing_more_can_be_asked():
    with subprocess.Popen(
        [sys.executable, "-P", SCRIPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as running:
        running.stdin.close()
        assert running.wait(10) == 0


def test_it_knows_none_of_our_secrets(monkeypatch):
    monkeypatch.setenv("LINKMSG_SECRET_KEY", "ours")
    echo = child("import os; line = ' '.join(sorted(os.environ)) + '\\n'")
    assert b"LINKMSG" not in echo.request(b"", 10)
    echo.close()


def test_it_loads_neither_the_app_nor_its_database():
    loads = f"import runpy, sys; runpy.run_path({str(SCRIPT)!r}); print(sorted(sys.modules))"
    said = subprocess.run(
        [sys.executable, "-P", "-c", loads], capture_output=True, text=True, check=True
    ).stdout
    assert "'PIL.Image'" in said
    assert "linkmsg" not in said
    assert "sqlalchemy" not in said


def test_a_file_over_which_it_dies_twice_is_given_up(tmp_path, source):
    dying = "import sys; open(sys.argv[1], 'a').write('x'); sys.stdin.readline(); sys.exit(1)"
    tries = tmp_path / "tries"
    made = Thumbnailer(10, (sys.executable, "-c", dying, str(tries)))
    assert made.make_copies(source, tmp_path) is ImageRejection.HEAVY
    assert tries.read_text() == "xx"
    made.close()


def test_a_file_over_which_it_dies_once_is_made(thumbnailer, tmp_path, source):
    assert isinstance(thumbnailer.make_copies(source, tmp_path), ProcessedImage)
    os.kill(thumbnailer.process.pid, signal.SIGKILL)
    assert isinstance(thumbnailer.make_copies(source, tmp_path), ProcessedImage)


@pytest.mark.parametrize(
    ("limit", "spend"),
    [
        ("MEMORY = 300 << 20", "respond = lambda _: {'refusal': str(len(bytes(900 << 20)))}"),
        ("CPU_SECONDS = 1", "respond = lambda _: [None for _ in iter(int, 1)]"),
    ],
    ids=["memory", "time"],
)
def test_it_has_no_more_than_it_is_allowed(limit, spend):
    script = SCRIPT.read_text().replace('if __name__ == "__main__":\n    main()', "")
    greedy = ChildProcess((sys.executable, "-c", f"{script}\n{limit}\n{spend}\nmain()"))
    started = time.monotonic()
    assert greedy.request(b"{}", 30) is None
    assert time.monotonic() - started < 20
