"""Booting: the data directory, the port, other servers."""

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
from linkmsg.live.connection import BEAT
from linkmsg.live.hub import MISSED
from tests import people
from tests.support.booting import PASSWORD, app_in, boot, count, inside, mode


def test_create_app_leaves_no_trace(data_dir):
    with app_in(data_dir):
        assert not data_dir.exists()


def test_it_makes_a_data_directory_that_only_its_owner_reads(data_dir):
    boot(data_dir)
    assert mode(data_dir) == 0o700
    assert {mode(file) for file in data_dir.iterdir()} == {0o600}
    assert len((data_dir / "secret-key").read_text().strip()) == 64


def test_the_secret_that_was_made_signs_the_sessions_of_this_very_app(data_dir):
    with app_in(data_dir) as app:
        serving.prepare_instance(app)
        assert app.secret_key == (data_dir / "secret-key").read_text().strip()


def test_a_secret_that_was_set_is_not_kept(data_dir):
    with app_in(data_dir, secret_key="s" * 32) as app:
        serving.prepare_instance(app)
        assert app.secret_key == "s" * 32
    assert not (data_dir / "secret-key").exists()


def test_booting_twice_changes_nothing(data_dir):
    boot(data_dir)
    before = {file.name: file.read_bytes() for file in data_dir.glob("se*")}
    boot(data_dir)
    assert {file.name: file.read_bytes() for file in data_dir.glob("se*")} == before
    assert not list(data_dir.glob("*.before-*"))


def test_four_that_boot_at_once_agree(data_dir):
    boots = [linkmsg("db", "upgrade", data_dir=data_dir) for _ in range(4)]
    assert [(each.communicate(timeout=60), each.returncode)[1] for each in boots] == [0] * 4
    assert count(data_dir, "alembic_version") == 1


def test_the_setup_token_is_there_until_somebody_has_an_account(data_dir):
    boot(data_dir)
    assert (data_dir / "setup-token").read_text().strip()
    with app_in(data_dir) as app:
        serving.prepare_instance(app)
        with inside(app):
            accounts.add_member("ana@example.com", "Ana Ruiz", PASSWORD)
    boot(data_dir)
    assert not (data_dir / "setup-token").exists()


def test_a_folder_that_can_not_be_one_is_a_sentence(data_dir):
    data_dir.write_text("a file")
    with pytest.raises(serving.StartupError, match="can't be used: File exists"):
        boot(data_dir)


def test_a_file_that_is_no_database_is_a_sentence(data_dir):
    data_dir.mkdir()
    (data_dir / "linkmsg.sqlite").write_text("no database, but text that is long enough\n" * 99)
    with pytest.raises(serving.StartupError, match="file is not a database"):
        boot(data_dir)


def test_another_server_s_first_request_prepares(data_dir, capsys):
    app = create_app(Settings(data_dir=data_dir))
    assert app.test_client().get("/healthz").status_code == 200
    assert (data_dir / "setup-token").read_text().strip() in capsys.readouterr().out
    assert app.test_client().get("/healthz").status_code == 200
    assert capsys.readouterr().out == ""
    with app.app_context():
        db.engine.dispose()


def test_another_server_answers_503_while_it_can_t_start(data_dir, caplog):
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
def taken_port() -> Iterator[int]:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield listener.getsockname()[1]


def test_linkmsg_run_serves_until_it_is_told_to_stop(data_dir):
    with taken_port() as port:
        pass
    server = linkmsg("run", data_dir=data_dir, port=port)
    try:
        assert body_of(f"http://127.0.0.1:{port}/healthz")
    finally:
        server.send_signal(signal.SIGTERM)
        output, _ = server.communicate(timeout=20)
    assert server.returncode == 0
    assert f"linkmsg is at http://127.0.0.1:{port}\n" in output
    assert re.search(r"The token for /setup is \S+\n$", output)


def test_a_tab_that_is_connected_is_sent_away_at_once_when_the_server_stops(data_dir):
    cookie = cookie_of_ana(data_dir)
    with taken_port() as port:
        pass
    server = linkmsg("run", data_dir=data_dir, port=port)
    try:
        assert body_of(f"http://127.0.0.1:{port}/healthz")
        # simple-websocket's client leaves the port out of the host, so it is not in the origin.
        headers = {"Cookie": f"session={cookie}", "Origin": "http://127.0.0.1"}
        # It also forgets a frame that it reads together with the answer to its upgrade.
        address = f"ws://127.0.0.1:{port}/live"
        tab = Client.connect(address, headers=headers, receive_bytes=1)
        assert [tab.receive(timeout=5) for _ in range(2)] == [BEAT, MISSED]
    finally:
        began = time.monotonic()
        server.send_signal(signal.SIGTERM)
        output, _ = server.communicate(timeout=20)
    assert time.monotonic() - began < 3
    assert (server.returncode, "Traceback" in output) == (0, False)
    with pytest.raises(ConnectionClosed) as end:
        tab.receive(timeout=1)
    assert end.value.reason == 1012


def cookie_of_ana(data_dir: Path) -> str:
    """The cookie of somebody who is signed in, in a data directory that is made."""
    with app_in(data_dir) as app:
        serving.prepare_instance(app)
        with inside(app):
            accounts.add_member("ana@example.com", "Ana Ruiz", PASSWORD)
        browser = app.test_client()
        people.sign_in(browser, "ana@example.com", PASSWORD)
        return browser.get_cookie("session").value


def body_of(address: str) -> bytes:
    for _ in range(200):
        try:
            return urlopen(address).read()
        except URLError:
            time.sleep(0.05)
    raise AssertionError(f"nothing answers at {address}")


def test_a_taken_port_is_a_sentence_before_anything_is_made(data_dir):
    with taken_port() as port:
        server = linkmsg("run", data_dir=data_dir, port=port)
        output, _ = server.communicate(timeout=20)
    assert server.returncode == 1
    assert output == (
        f"Error: Port {port} of 127.0.0.1 is taken. Stop what listens there, or set LINKMSG_PORT.\n"
    )
    assert not data_dir.exists()
