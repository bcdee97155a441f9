"""Booting: the data directory, the migrations, the port."""

import os
import re
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask
from sqlalchemy import Engine, create_engine, make_url, text

from linkmsg import create_app, migrations, serving
from linkmsg.actions import accounts, connections
from linkmsg.config import Settings
from linkmsg.db import db

PASSWORD = "a quiet harbour"


@contextmanager
def app_in(data_dir: Path, **settings: object) -> Iterator[Flask]:
    app = create_app(Settings(data_dir=data_dir, **settings), prepared=True)
    try:
        yield app
    finally:
        with app.app_context():
            db.engine.dispose()


@contextmanager
def inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield
        db.session.remove()


def boot(data_dir: Path, **settings: object) -> None:
    with app_in(data_dir, **settings) as app:
        serving.prepare(app)


def count(data_dir: Path, table: str) -> int:
    engine = create_engine(f"sqlite:///{data_dir / 'linkmsg.sqlite'}")
    try:
        with engine.connect() as connection:
            return connection.scalar(text(f"SELECT count(*) FROM {table}"))
    finally:
        engine.dispose()


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


@pytest.fixture
def data_dir(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def chain(tmp_path, monkeypatch):
    """The revisions in a copy, and a way to add one that comes next."""
    room = tmp_path / "migrations"
    shutil.copytree(migrations.ROOM, room, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(migrations, "ROOM", room)

    def add(body: str) -> None:
        last = max(room.glob("versions/[0-9]*.py")).name[:4]
        (room / "versions" / "9999_next.py").write_text(
            f"import sqlalchemy as sa\nfrom alembic import op\n\n"
            f"revision = '9999'\ndown_revision = '{last}'\n\n\n"
            f"def upgrade():\n    {body}\n"
        )

    return add


@pytest.fixture
def pair(data_dir):
    """A data directory where Ana and Bo are connected."""
    with app_in(data_dir) as app:
        serving.prepare(app)
        with inside(app):
            ana = accounts.add_member("ana@example.com", "Ana Ruiz", PASSWORD)
            bo = accounts.add_member("bo@example.com", "Bo Lindqvist", PASSWORD)
            connections.connect(ana, bo)
    return data_dir


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
        serving.prepare(app)
        assert app.secret_key == (data_dir / "secret-key").read_text().strip()


def test_a_secret_that_was_set_is_not_kept(data_dir):
    with app_in(data_dir, secret_key="s" * 32) as app:
        serving.prepare(app)
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
        serving.prepare(app)
        with inside(app):
            accounts.add_member("ana@example.com", "Ana Ruiz", PASSWORD)
    boot(data_dir)
    assert not (data_dir / "setup-token").exists()


def test_a_migration_of_a_parent_table_loses_no_row(pair, chain):
    chain("""with op.batch_alter_table("members", recreate="always") as members:
        members.add_column(sa.Column("pronouns", sa.String(40), server_default="", nullable=False))
    """)
    boot(pair)
    assert (count(pair, "members"), count(pair, "connections")) == (2, 2)
    assert count(pair, "members WHERE pronouns = ''") == 2


def test_a_copy_is_kept_from_before_a_migration(pair, chain):
    chain('op.drop_table("connections")')
    boot(pair)
    (copy,) = pair.glob("linkmsg.sqlite.before-*")
    assert mode(copy) == 0o600
    copy.replace(pair / "linkmsg.sqlite")
    assert count(pair, "connections") == 2


def test_a_migration_that_fails_changes_nothing(pair, chain):
    chain('op.drop_table("connections")\n    op.drop_table("no_such_table")')
    with pytest.raises(serving.BootError, match="no such table"):
        boot(pair)
    assert count(pair, "connections") == 2
    assert count(pair, "alembic_version WHERE version_num = '9999'") == 0


def test_a_migration_that_would_orphan_rows_changes_nothing(pair, chain):
    chain("""op.execute("DELETE FROM members WHERE email = 'ana@example.com'")""")
    with pytest.raises(serving.BootError, match="orphan rows of connections"):
        boot(pair)
    assert count(pair, "members") == 2


def test_a_database_that_a_newer_one_has_used_is_refused(pair, chain):
    chain("pass")
    boot(pair)
    next(migrations.ROOM.glob("versions/9999*")).unlink()
    with pytest.raises(serving.BootError, match="revision 9999, which this linkmsg does not know"):
        boot(pair)


def test_the_models_and_the_migrations_agree(data_dir):
    boot(data_dir)
    engine = create_engine(f"sqlite:///{data_dir / 'linkmsg.sqlite'}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), db.metadata) == []
    engine.dispose()


@pytest.fixture
def postgres() -> Iterator[Engine]:
    address = os.environ.get("TEST_POSTGRES_URL")
    if not address:
        pytest.skip("TEST_POSTGRES_URL is not set")
    name = f"linkmsg_boot_{secrets.token_hex(4)}"
    server = create_engine(address, isolation_level="AUTOCOMMIT")
    own = create_engine(make_url(address).set(database=name))
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield own
    own.dispose()
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


def test_two_that_migrate_one_postgresql_at_once_agree(postgres):
    with ThreadPoolExecutor(2) as pool:
        for boot in [pool.submit(migrations.upgrade, postgres.url) for _ in range(2)]:
            boot.result()
    with postgres.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1


def test_a_folder_that_can_not_be_one_is_a_sentence(data_dir):
    data_dir.write_text("a file")
    with pytest.raises(serving.BootError, match="can't be used: File exists"):
        boot(data_dir)


def test_a_file_that_is_no_database_is_a_sentence(data_dir):
    data_dir.mkdir()
    (data_dir / "linkmsg.sqlite").write_text("no database, but text that is long enough\n" * 99)
    with pytest.raises(serving.BootError, match="file is not a database"):
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
