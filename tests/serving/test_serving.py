"""Starting: the data folder, the port, and other servers."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from simple_websocket import Client, ConnectionClosed

from linkmsg import create_app, serving
from linkmsg.actions import accounts
from linkmsg.config import Settings
from linkmsg.db import db
from linkmsg.live.connection import HEARTBEAT
from linkmsg.live.hub import CATCH_UP
from tests import people
from tests.support.instances import PASSWORD, app_context, app_in, count_rows, file_mode, prepare_in

# Seconds. Nothing here takes that long, not even on a very busy machine.
LONG = 300


def test_create_app_writes_nothing(data_dir):
    with app_in(data_dir):
        assert not data_dir.exists()


def test_data_folder_is_readable_by_its_owner_only(data_dir):
    prepare_in(data_dir)
    assert file_mode(data_dir) == 0o700
    assert {file_mode(file) for file in data_dir.iterdir()} == {0o600}
    assert len((data_dir / "secret-key").read_text().strip()) == 64


def test_generated_secret_is_used_at_once(data_dir):
    with app_in(data_dir) as app:
        serving.prepare_instance(app)
        assert app.secret_key == (data_dir / "secret-key").read_text().strip()


def test_configured_secret_is_not_stored(data_dir):
    with app_in(data_dir, secret_key="s" * 32) as app:
        serving.prepare_instance(app)
        assert app.secret_key == "s" * 32
    assert not (data_dir / "secret-key").exists()


def test_second_start_changes_nothing(data_dir):
    prepare_in(data_dir)
    before = {file.name: file.read_bytes() for file in data_dir.glob("se*")}
    prepare_in(data_dir)
    assert {file.name: file.read_bytes() for file in data_dir.glob("se*")} == before
    assert not list(data_dir.glob("*.before-*"))


def test_concurrent_starts_succeed(data_dir):
    processes = [linkmsg("db", "upgrade", data_dir=data_dir) for _ in range(2)]
    assert [(each.communicate(timeout=LONG), each.returncode)[1] for each in processes] == [0, 0]
    assert count_rows(data_dir, "alembic_version") == 1


def test_setup_token_exists_until_the_first_account(data_dir):
    prepare_in(data_dir)
    assert (data_dir / "setup-token").read_text().strip()
    with app_in(data_dir) as app:
        serving.prepare_instance(app)
        with app_context(app):
            accounts.add_member("ana@example.com", "Ana Ruiz", PASSWORD)
    prepare_in(data_dir)
    assert not (data_dir / "setup-token").exists()


def test_unusable_data_folder_is_reported(data_dir):
    data_dir.write_text("a file")
    with pytest.raises(serving.StartupError, match="can't be used: File exists"):
        prepare_in(data_dir)


def test_invalid_database_file_is_reported(data_dir):
    data_dir.mkdir()
    (data_dir / "linkmsg.sqlite").write_text("no database, but text that is long enough\n" * 99)
    with pytest.raises(serving.StartupError, match="file is not a database"):
        prepare_in(data_dir)


def test_other_server_prepares_on_the_first_request(data_dir, capsys):
    app = create_app(Settings(data_dir=data_dir))
    assert app.test_client().get("/healthz").status_code == 200
    assert (data_dir / "setup-token").read_text().strip() in capsys.readouterr().out
    assert app.test_client().get("/healthz").status_code == 200
    assert capsys.readouterr().out == ""
    with app.app_context():
        db.engine.dispose()


def test_other_server_answers_503_if_it_can_not_start(data_dir, caplog):
    data_dir.write_text("a file")
    app = create_app(Settings(data_dir=data_dir))
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, "log" in answer.text) == (503, True)
    assert "can't be used: File exists" in caplog.text


def linkmsg(*arguments: str, data_dir: Path, port: int = 0) -> "subprocess.Popen[str]":
    environment = {name: text for name, text in os.environ.items() if "LINKMSG" not in name}
    environment |= {"LINKMSG_DATA_DIR": str(data_dir)}
    environment |= {"LINKMSG_PORT": str(port)} if port else {}
    return subprocess.Popen(
        [sys.executable, "-m", "linkmsg", *arguments],
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


@contextmanager
def port_in_use() -> Iterator[int]:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield listener.getsockname()[1]


@contextmanager
def running_server(data_dir: Path) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    """Yield a server that answers, and its port; kill it if it is still running afterwards."""
    with port_in_use() as port:
        pass
    server = linkmsg("run", data_dir=data_dir, port=port)
    try:
        wait_for_answer(server, port)
        yield server, port
    finally:
        server.kill()


def wait_for_answer(server: "subprocess.Popen[str]", port: int) -> None:
    """Wait until a server answers, for as long as it takes to start on a busy machine."""
    deadline = time.monotonic() + LONG
    while server.poll() is None and time.monotonic() < deadline:
        try:
            assert urlopen(f"http://127.0.0.1:{port}/healthz", timeout=LONG).read()
        except URLError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the server does not answer")


def test_run_serves_until_sigterm(data_dir):
    with running_server(data_dir) as (server, port):
        server.send_signal(signal.SIGTERM)
        output, _ = server.communicate(timeout=LONG)
    assert server.returncode == 0
    assert f"linkmsg is running at http://127.0.0.1:{port}\n" in output
    assert re.search(rf" at http://127\.0\.0\.1:{port}/setup\?token=\S+\n$", output)


def test_stopping_server_disconnects_tabs_first(data_dir):
    cookie = session_cookie_of_ana(data_dir)
    with running_server(data_dir) as (server, port):
        # simple-websocket's client sends a Host without the port, so Origin has none either.
        headers = {"Cookie": f"session={cookie}", "Origin": "http://127.0.0.1"}
        # It also loses a frame that arrives together with the answer to the upgrade.
        address = f"ws://127.0.0.1:{port}/live"
        tab = Client.connect(address, headers=headers, receive_bytes=1)
        assert [tab.receive(timeout=LONG) for _ in range(2)] == [HEARTBEAT, CATCH_UP]
        server.send_signal(signal.SIGTERM)
        # Without this frame the worker would wait for the tab until gunicorn kills it.
        with pytest.raises(ConnectionClosed) as end:
            tab.receive(timeout=LONG)
        assert end.value.reason == 1012
        output, _ = server.communicate(timeout=LONG)
    assert (server.returncode, "Traceback" in output) == (0, False)


def session_cookie_of_ana(data_dir: Path) -> str:
    """Prepare a data folder with a member; return their session cookie."""
    with app_in(data_dir) as app:
        serving.prepare_instance(app)
        with app_context(app):
            accounts.add_member("ana@example.com", "Ana Ruiz", PASSWORD)
        browser = app.test_client()
        people.sign_in(browser, "ana@example.com", PASSWORD)
        return browser.get_cookie("session").value


def test_port_in_use_is_reported_before_any_write(data_dir):
    with port_in_use() as port:
        server = linkmsg("run", data_dir=data_dir, port=port)
        output, _ = server.communicate(timeout=LONG)
    assert server.returncode == 1
    assert output == (
        f"Error: Port {port} of 127.0.0.1 is in use. Stop that program, or set LINKMSG_PORT.\n"
    )
    assert not data_dir.exists()
