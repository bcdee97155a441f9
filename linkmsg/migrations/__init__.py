"""The Alembic migrations of the database schema, and `upgrade`, which runs them."""

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError

from linkmsg.db import ENGINE_OPTIONS
from linkmsg.private_logs import unusable_database

FOLDER = Path(__file__).parent
LOCK = 0x6C6E6B6D  # the key of our advisory lock in PostgreSQL: "lnkm"


class UpgradeError(Exception):
    """Raised if the schema can't be upgraded; the message is a sentence for the administrator."""


def upgrade(url: URL) -> None:
    """Upgrade the schema to the newest revision in one transaction, one process at a time.

    A SQLite database is created if it is missing, and copied to a file beside it before a change.

    Raises:
        UpgradeError: the database can't be used, or is newer than this code.
    """
    engine = engine_for(url)
    if file := _sqlite_file(engine):
        file.touch(mode=0o600)
    try:
        with engine.begin() as connection:
            _upgrade(connection)
    except (DBAPIError, sqlite3.Error) as error:
        raise UpgradeError(unusable_database(error)) from error
    finally:
        engine.dispose()


def engine_for(url: URL) -> Engine:
    """Return a SQLAlchemy engine on which migrations can run.

    On SQLite it does not enforce foreign keys: a migration that rebuilds a table drops it, and
    the rows that refer to it would be deleted. It also sends BEGIN itself, because the sqlite3
    module begins no transaction for changes of the schema.
    """
    engine = create_engine(url, **ENGINE_OPTIONS)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _connect_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    current = MigrationContext.configure(connection).get_current_revision()
    if current == scripts.get_current_head():
        return
    if current is not None:
        _check_known(current, scripts)
        _copy_sqlite(connection, current)
    command.upgrade(config, "head")
    _check_sqlite(connection)


def _check_known(current: str, scripts: ScriptDirectory) -> None:
    if current not in {script.revision for script in scripts.walk_revisions()}:
        raise UpgradeError(
            f"The database is at revision {current}, which this linkmsg does not know. "
            "It is from a newer version: run that version, or restore an older backup."
        )


def _sqlite_file(engine: Engine) -> Path | None:
    name = engine.url.database if engine.dialect.name == "sqlite" else None
    return Path(name) if name else None


def _copy_sqlite(connection: Connection, revision: str) -> None:
    if file := _sqlite_file(connection.engine):
        copy = file.with_name(f"{file.name}.before-{revision}")
        copy.touch(mode=0o600)
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)


def _check_sqlite(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        tables = ", ".join(sorted({row[0] for row in broken}))
        raise UpgradeError(f"The migration would orphan rows of {tables}, so nothing was changed.")


def _connect_sqlite(connection: DBAPIConnection, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout = 30000")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = OFF")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
