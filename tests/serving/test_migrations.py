"""Migrations keep all rows or change nothing."""

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
from tests.support.instances import PASSWORD, app_context, app_in, count_rows, file_mode, prepare_in


@pytest.fixture
def add_revision(tmp_path, monkeypatch):
    """Return a function that adds a revision with this body to a copy of the migrations."""
    room = tmp_path / "migrations"
    shutil.copytree(migrations.FOLDER, room, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(migrations, "FOLDER", room)

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
    """Return a data folder where Ana and Bo are connected and have a conversation."""
    with app_in(data_dir) as app:
        serving.prepare_instance(app)
        with app_context(app):
            ana = accounts.add_member("ana@example.com", "Ana Ruiz", PASSWORD)
            bo = accounts.add_member("bo@example.com", "Bo Lindqvist", PASSWORD)
            connections.connect(ana, bo)
            for body in ("Hello Bo", "Are you there?"):
                messages.start(ana, bo, body, f"nonce-of-{len(body):08}")
    return data_dir


def test_recreating_a_parent_table_loses_no_rows(pair, add_revision):
    add_revision("""with op.batch_alter_table("members", recreate="always") as members:
        members.add_column(sa.Column("pronouns", sa.String(40), server_default="", nullable=False))
    """)
    before = {table.name: count_rows(pair, table.name) for table in db.metadata.sorted_tables}
    assert before["messages"] == 2
    assert before["connections"] == before["participations"] == 2
    prepare_in(pair)
    assert {name: count_rows(pair, name) for name in before} == before
    assert count_rows(pair, "members WHERE pronouns = ''") == 2


def test_migration_keeps_a_copy_of_the_database(pair, add_revision):
    add_revision('op.drop_table("connections")')
    prepare_in(pair)
    (copy,) = pair.glob("linkmsg.sqlite.before-*")
    assert file_mode(copy) == 0o600
    copy.replace(pair / "linkmsg.sqlite")
    assert count_rows(pair, "connections") == 2


def test_failed_migration_changes_nothing(pair, add_revision):
    add_revision('op.drop_table("connections")\n    op.drop_table("no_such_table")')
    with pytest.raises(serving.StartupError, match="no such table"):
        prepare_in(pair)
    assert count_rows(pair, "connections") == 2
    assert count_rows(pair, "alembic_version WHERE version_num = '9999'") == 0


def test_migration_that_orphans_rows_changes_nothing(pair, add_revision):
    add_revision("""op.execute("DELETE FROM members WHERE email = 'ana@example.com'")""")
    with pytest.raises(serving.StartupError, match="orphan rows of connections"):
        prepare_in(pair)
    assert count_rows(pair, "members") == 2


def test_database_of_a_newer_version_is_refused(pair, add_revision):
    add_revision("pass")
    prepare_in(pair)
    next(migrations.FOLDER.glob("versions/9999*")).unlink()
    with pytest.raises(
        serving.StartupError, match="revision 9999, which this linkmsg does not know"
    ):
        prepare_in(pair)


def test_models_match_the_migrations(data_dir):
    prepare_in(data_dir)
    engine = create_engine(f"sqlite:///{data_dir / 'linkmsg.sqlite'}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), db.metadata) == []
    engine.dispose()


@pytest.fixture
def sqlite(tmp_path) -> Iterator[Engine]:
    engine = create_engine(f"sqlite:///{tmp_path / 'old.sqlite'}")
    yield engine
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


def test_two_concurrent_postgresql_migrations_succeed(postgres):
    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(migrations.upgrade, postgres.url) for _ in range(2)]:
            future.result()
    with postgres.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1


@pytest.fixture
def upgrade_to(tmp_path, monkeypatch):
    """Return a function that upgrades a database to an older revision."""

    def upgrade(engine: Engine, revision: str) -> None:
        room = tmp_path / "older"
        shutil.copytree(migrations.FOLDER, room, ignore=shutil.ignore_patterns("__pycache__"))
        for file in room.glob("versions/[0-9]*.py"):
            if file.name[:4] > revision:
                file.unlink()
        with monkeypatch.context() as patched:
            patched.setattr(migrations, "FOLDER", room)
            migrations.upgrade(engine.url)

    return upgrade


OLD_ROWS = """
INSERT INTO instance (id, name, set_up_at) VALUES (1, 'Small Harbour', '2026-01-01 09:00:00');
INSERT INTO members (id, email, password_hash, name, handle, headline, company, place, about,
  name_folded, work_folded, zone, theme, is_admin, shares_reading, shares_presence,
  slash_searches, created_at)
VALUES (1, 'ada@example.com', 'x', 'Ada O''Neil', 'ada', 'Keeper', '', '', '',
  'ada o''neil', 'keeper', 'UTC', '', true, true, true, true, '2026-01-01 09:00:00');
INSERT INTO invite_links (id, creator_id, created_at, expires_at, max_uses, uses)
VALUES (1, 1, '2026-01-01 09:00:00', '2026-02-01 09:00:00', 1, 1)
"""


def test_rows_of_an_older_sqlite_database_are_kept(sqlite, upgrade_to):
    check_upgrade(sqlite, upgrade_to)


def test_rows_of_an_older_postgresql_database_are_kept(postgres, upgrade_to):
    check_upgrade(postgres, upgrade_to)


def check_upgrade(engine, upgrade_to):
    upgrade_to(engine, "0006")
    with engine.begin() as connection:
        for statement in OLD_ROWS.split(";"):
            connection.execute(text(statement))
    migrations.upgrade(engine.url)
    with engine.connect() as connection:
        rows = [
            connection.execute(text(f"SELECT {columns}")).one()
            for columns in (
                "name, registration FROM instance",
                "name, language, hours, reset_digest, name_words FROM members",
                "uses, connects FROM invite_links",
                "count(*) FROM invite_link_uses",
            )
        ]
        assert compare_metadata(MigrationContext.configure(connection), db.metadata) == []
    assert rows == [
        ("Small Harbour", "invite"),
        ("Ada O'Neil", "", "", None, " adaoneil oneil neil"),
        (1, False),
        (0,),
    ]
