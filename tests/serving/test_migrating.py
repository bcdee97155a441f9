"""Migrations: all rows or nothing, on a database full of rows."""

import os
import secrets
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, create_engine, make_url, text

from linkmsg import migrations, serving
from linkmsg.actions import accounts, connections, messages
from linkmsg.db import db
from tests.support.booting import PASSWORD, app_in, boot, count, inside, mode


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
    """A data directory where Ana and Bo are connected, and have talked."""
    with app_in(data_dir) as app:
        serving.prepare_instance(app)
        with inside(app):
            ana = accounts.add_member("ana@example.com", "Ana Ruiz", PASSWORD)
            bo = accounts.add_member("bo@example.com", "Bo Lindqvist", PASSWORD)
            connections.connect(ana, bo)
            for body in ("Hello Bo", "Are you there?"):
                messages.start(ana, bo, body, f"nonce-of-{len(body):08}")
    return data_dir


def test_a_migration_of_a_parent_table_loses_no_row(pair, chain):
    chain("""with op.batch_alter_table("members", recreate="always") as members:
        members.add_column(sa.Column("pronouns", sa.String(40), server_default="", nullable=False))
    """)
    before = {table.name: count(pair, table.name) for table in db.metadata.sorted_tables}
    assert before["messages"] == 2
    assert before["connections"] == before["participations"] == 2
    boot(pair)
    assert {name: count(pair, name) for name in before} == before
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
    with pytest.raises(serving.StartupError, match="no such table"):
        boot(pair)
    assert count(pair, "connections") == 2
    assert count(pair, "alembic_version WHERE version_num = '9999'") == 0


def test_a_migration_that_would_orphan_rows_changes_nothing(pair, chain):
    chain("""op.execute("DELETE FROM members WHERE email = 'ana@example.com'")""")
    with pytest.raises(serving.StartupError, match="orphan rows of connections"):
        boot(pair)
    assert count(pair, "members") == 2


def test_a_database_that_a_newer_one_has_used_is_refused(pair, chain):
    chain("pass")
    boot(pair)
    next(migrations.ROOM.glob("versions/9999*")).unlink()
    with pytest.raises(
        serving.StartupError, match="revision 9999, which this linkmsg does not know"
    ):
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
