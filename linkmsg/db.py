"""The database: typed base, UTC times, SQLite pragmas, and the one way to write."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    Connection,
    CursorResult,
    DateTime,
    Dialect,
    MetaData,
    Select,
    Table,
    UpdateBase,
    event,
)
from sqlalchemy.engine import Engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, make_transient_to_detached, registry
from sqlalchemy.orm.attributes import instance_dict, set_committed_value
from sqlalchemy.orm.util import identity_key
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 5000",
)
_writing: ContextVar[bool] = ContextVar("writing", default=False)
# Of the write that goes on, for the session looks anew for it each time.
_connection: ContextVar[Connection | None] = ContextVar("connection", default=None)
# SQLite has one writer at a time, and the others retry at random: of twelve threads that wrote
# without a pause some never got their turn within busy_timeout. So writers queue here.
_write_lock = Lock()


class UTCDateTime(TypeDecorator[datetime]):
    """Time-zone-aware times in UTC, also where the database stores no zone (SQLite)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert an aware time to UTC.

        Raises:
            ValueError: the time has no zone.
        """
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment without a zone can't be stored")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return a stored time as an aware one in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base class of all models."""

    registry: ClassVar = registry(
        metadata=MetaData(naming_convention=NAMES), type_annotation_map={datetime: UTCDateTime}
    )


Noun = TypeVar("Noun", bound=Base)

# The parameters of a cached statement. Functions return both, for `execute(*select)`: building
# a statement costs more than running it.
Values = dict[str, Any]

db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


def on_sqlite() -> bool:
    """Return whether the database is SQLite."""
    return db.engine.dialect.name == "sqlite"


def prepare_engine(engine: Engine) -> None:
    """Set the pragmas of SQLite connections, and let writers use BEGIN IMMEDIATE.

    A transaction begun by a plain BEGIN fails with "database is locked" when it writes after
    another has written since its first read, whatever busy_timeout is.
    """
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _connect_sqlite)
        # Not by an event: an engine with one for "begin" looks for others at every statement.
        engine.dialect.do_begin = _begin_sqlite  # type: ignore[method-assign]


def _connect_sqlite(connection: DBAPIConnection, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(dbapi_connection: PoolProxiedConnection) -> None:
    cursor = dbapi_connection.cursor()
    cursor.execute("BEGIN IMMEDIATE" if is_writing() else "BEGIN")
    cursor.close()


def table_of(noun: type[Base]) -> Table:
    """Return the table of a model, for plain statements."""
    return cast(Table, noun.__table__)


def run(statement: UpdateBase, values: Values) -> CursorResult[Any]:
    """Run a plain statement that writes, without a flush of the session before it."""
    return _connected().execute(statement, values)


def ask(statement: Select[*tuple[Any, ...]], values: Values) -> CursorResult[Any]:
    """Ask for columns by a plain statement, past the session, which would look for nouns."""
    return _connected().execute(statement, values)


def _connected() -> Connection:
    return _connection.get() or db.session.connection()


def attach_row(noun: type[Noun], columns: dict[str, Any]) -> Noun:
    """Return the session's object of a row that a plain statement has read or written."""
    known = db.session.identity_map.get(identity_key(noun, columns["id"]))
    if known is not None:
        for name, value in columns.items():
            set_committed_value(known, name, value)
        return known
    made = noun()
    instance_dict(made).update(columns)  # set one by one, each would be noted as a change
    make_transient_to_detached(made)
    db.session.add(made)
    return made


def is_writing() -> bool:
    """Return whether a write is open in this thread."""
    return _writing.get()


@contextmanager
def writing() -> Iterator[None]:
    """Open a write: end the read before it, begin as a writer, and commit at the end.

    Callers check their rules again inside, on locked rows. Any error rolls back everything.
    """
    if is_writing() or db.session.new or db.session.dirty or db.session.deleted:
        raise RuntimeError("a write begins inside another, or after changes outside any")
    db.session.commit()
    with _write_lock if on_sqlite() else nullcontext():
        token, connected = _writing.set(True), _connection.set(None)
        try:
            _connection.set(db.session.connection())
            yield
            db.session.flush()  # so that the count of writes is the last statement
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise
        finally:
            _connection.reset(connected)
            _writing.reset(token)
