"""One server for each data folder and PostgreSQL database; commands run beside it."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from linkmsg import create_app, instance_lock
from linkmsg.config import Settings
from tests.serving.test_serving import LONG, linkmsg, running_server
from tests.support.full_disk import fill, small_disk
from tests.support.websockets import soon


def is_locked(data_dir: Path) -> bool:
    """Return whether a server holds the lock of a data folder."""
    try:
        lock = instance_lock.hold(Settings(data_dir=data_dir))
    except instance_lock.LockError:
        return True
    os.close(lock.file)
    return False


def test_second_server_on_a_data_folder_is_refused(data_dir):
    with running_server(data_dir) as (first, port):
        second = linkmsg("run", data_dir=data_dir, port=port + 1 if port < 65535 else port - 1)
        output, _ = second.communicate(timeout=LONG)
        assert second.returncode == 1
        assert output == (
            f"Error: Another linkmsg server (process {first.pid}) uses the data folder {data_dir}. "
            "Stop it, or set LINKMSG_DATA_DIR to another folder.\n"
        )
        command = linkmsg("member", "list", data_dir=data_dir)
        command.communicate(timeout=LONG)
        assert command.returncode == 0
        urlopen(f"http://127.0.0.1:{port}/readyz", timeout=LONG).close()
        first.terminate()
        first.communicate(timeout=LONG)
    assert not is_locked(data_dir)


def worker_of(master: int) -> int:
    """Return the id of the worker process of a server."""
    (worker,) = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    return int(worker)


def test_lock_ends_with_the_last_process_of_a_killed_server(data_dir):
    with running_server(data_dir) as (server, _):
        worker = worker_of(server.pid)
        os.kill(worker, signal.SIGSTOP)
        server.kill()
        server.wait(LONG)
        server.stdout.close()
        assert is_locked(data_dir)
        os.kill(worker, signal.SIGKILL)
        soon(lambda: not is_locked(data_dir))


def test_child_process_does_not_inherit_the_lock(data_dir):
    lock = instance_lock.hold(Settings(data_dir=data_dir))
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert is_locked(data_dir)
        os.close(lock.file)
        assert not is_locked(data_dir)
        assert child.poll() is None


def test_other_server_refuses_a_locked_data_folder(data_dir, caplog):
    lock = instance_lock.hold(Settings(data_dir=data_dir))
    app = create_app(Settings(data_dir=data_dir))
    assert app.test_client().get("/healthz").status_code == 503
    assert f"(process {os.getpid()}) uses the data folder" in caplog.text
    os.close(lock.file)


def test_second_server_on_a_postgresql_database_is_refused(database_url, tmp_path):
    if not database_url.startswith("postgresql"):
        pytest.skip("SQLite has its file in one data folder")
    one, other = (Settings(tmp_path / each, database_url=database_url) for each in ("a", "b"))
    lock = instance_lock.hold(one)
    for _ in range(2):
        with pytest.raises(instance_lock.LockError, match="uses this PostgreSQL database"):
            instance_lock.hold(other)
    lock.connection.close()
    second = instance_lock.hold(other)
    second.connection.close()
    for each in (lock, second):
        os.close(each.file)


def test_server_on_a_full_disk_says_why_and_starts_later(tmp_path):
    with small_disk(tmp_path / "disk") as disk:
        settings = Settings(data_dir=disk / "data")
        settings.data_dir.mkdir()
        others = fill(disk)
        for _ in range(2):
            with pytest.raises(instance_lock.LockError, match="No space left on device"):
                instance_lock.hold(settings)
        others.unlink()
        os.close(instance_lock.hold(settings).file)
