"""Only one server at a time may use a data folder or a PostgreSQL database.

Two would each keep their own list of connected tabs: a message that one receives would never
reach the open pages of the other. The system releases both locks when the last process of a
server has ended, however it ended. Child processes with other programs do not inherit them.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine

from linkmsg.config import Settings

LOCK_FILE = "server-lock"
LOCK = 0x6C6E6B73  # the key of our advisory lock in PostgreSQL: "lnks"
# Within a minute PostgreSQL notices that the machine of a server has gone.
LIVENESS = ("tcp_keepalives_idle = 15", "tcp_keepalives_interval = 15", "tcp_keepalives_count = 3")


class LockError(Exception):
    """Raised if another server runs, or the data folder can't be used.

    The message is a sentence for the administrator.
    """


@dataclass
class InstanceLock:
    """The locks of this server: an open file, and for PostgreSQL a connection.

    Keep it as long as the server runs, and do not close it: a forked process shares both.
    """

    file: int
    connection: Any


def hold(settings: Settings) -> InstanceLock:
    """Lock the data folder, which is created if it is missing, and a PostgreSQL database.

    Raises:
        LockError: another server uses one of them, or the folder can't be used.
    """
    folder = settings.data_dir
    try:
        file = _lock_folder(folder)
    except OSError as error:
        raise LockError(f"{error.filename or folder} can't be used: {error.strerror}.") from error
    try:
        return InstanceLock(file, _lock_database(settings.database_address))
    except LockError:
        os.close(file)
        raise


def _lock_folder(folder: Path) -> int:
    """Return the descriptor of a locked file; its text is the id of the server's process."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(folder / LOCK_FILE, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        process = os.read(file, 20).decode(errors="replace").strip()
        os.close(file)
        raise LockError(
            f"Another linkmsg server (process {process or 'unknown'}) uses the data folder "
            f"{folder.absolute()}. Stop it, or set LINKMSG_DATA_DIR to another folder."
        ) from None
    try:
        os.ftruncate(file, 0)
        os.write(file, f"{os.getpid()}\n".encode())
    except OSError:  # a full disk, on which the database can't be written either
        os.close(file)
        raise
    return file


def _lock_database(address: str) -> Any:
    """Return the open connection that locks a PostgreSQL database; None if there is none.

    The lock belongs to a transaction that stays open, because a pooler such as PgBouncer gives
    the connection of a session to others, but not that of a transaction. If the connection gets
    lost, so does the lock: the server runs on, and a second one would not be refused.
    """
    engine = create_engine(address)
    if engine.dialect.name != "postgresql":
        return None
    arguments, options = engine.dialect.create_connect_args(engine.url)
    try:
        connection = engine.dialect.connect(*arguments, **options)
        for each in (*LIVENESS, "idle_in_transaction_session_timeout = 0"):
            connection.execute(f"SET LOCAL {each}")
        row = connection.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK]).fetchone()
    except engine.dialect.loaded_dbapi.Error:
        return None  # the upgrade of the database says what is wrong
    if not row[0]:
        connection.close()
        raise LockError(
            "Another linkmsg server uses this PostgreSQL database. Stop it, or set "
            "LINKMSG_DATABASE_URL to another database."
        )
    return connection


@contextmanager
def preparing(folder: Path) -> Iterator[None]:
    """Let one process at a time prepare a data folder, which is created; others wait.

    Commands such as `linkmsg member add` do it too, beside a server that runs.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(folder / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
