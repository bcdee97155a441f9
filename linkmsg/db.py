"""The database: base class of models, UTC times, SQLite options, and `writing`, to write."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cache
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
    inspect,
)
from sqlalchemy.engine import Engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import (
    DeclarativeBase,
    InstrumentedAttribute,
    make_transient_to_detached,
    registry,
)
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
# Error messages name no parameters: they hold texts and addresses of members.
ENGINE_OPTIONS = {"hide_parameters": True}
_writing: ContextVar[bool] = ContextVar("writing", default=False)
# The connection of the open write: the session looks it up again for each statement.
_connection: ContextVar[Connection | None] = ContextVar("connection", default=None)
# SQLite has one writer at a time, and the others retry at random: of twelve threads that wrote
# without a pause some never got their turn within busy_timeout. So writers queue here.
_write_lock = Lock()


class UTCDateTime(TypeDecorator[datetime]):
    """A column type for aware datetimes in UTC, also on SQLite, which stores no time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert an aware time to UTC before it is stored; None stays None.

        Raises:
            ValueError: the time has no zone.
        """
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment without a zone can't be stored")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return a time from the database as an aware datetime in UTC; None stays None."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The SQLAlchemy base class of all models; type checkers see it as `Model`."""

    registry: ClassVar = registry(
        metadata=MetaData(naming_convention=NAMES), type_annotation_map={datetime: UTCDateTime}
    )


ModelType = TypeVar("ModelType", bound=Base)

# The parameters of a cached statement. Functions return both, for `execute(*select)`: building
# a statement costs more than running it.
Values = dict[str, Any]

db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


def on_sqlite() -> bool:
    """Return whether the database of the current app is SQLite."""
    return db.engine.dialect.name == "sqlite"


def prepare_engine(engine: Engine) -> None:
    """Set PRAGMAS on each new SQLite connection, and begin writes with BEGIN IMMEDIATE.

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


def table_of(model: type[Base]) -> Table:
    """Return the Table of a model, for SQLAlchemy Core statements."""
    return cast(Table, model.__table__)


def columns_of(model: type[Base]) -> list[InstrumentedAttribute[Any]]:
    """Return a model's columns without deferred ones, to select them without making objects."""
    return [getattr(model, name) for name in column_names(model)]


@cache
def column_names(model: type[Base]) -> tuple[str, ...]:
    """Return the names of a model's columns without deferred ones, in the order of `columns_of`."""
    return tuple(each.key for each in inspect(model).column_attrs if not each.deferred)


def run(statement: UpdateBase, values: Values) -> CursorResult[Any]:
    """Run an INSERT, UPDATE or DELETE with its parameters, without a flush of the session first."""
    return _current_connection().execute(statement, values)


def query(statement: Select[*tuple[Any, ...]], values: Values) -> CursorResult[Any]:
    """Run a SELECT of columns with its parameters, without a flush of the session first.

    Use it where rows do not have to become objects of the session, which is slower.
    """
    return _current_connection().execute(statement, values)


def _current_connection() -> Connection:
    return _connection.get() or db.session.connection()


def read_only(model: type[ModelType], columns: Iterable[tuple[str, Any]]) -> ModelType:
    """Return a model object with these column values that the session does not track.

    Changes of it are never written.
    """
    row = model()
    instance_dict(row).update(columns)  # setting attributes would record them as changes
    return row


def attach_row(model: type[ModelType], columns: Values) -> ModelType:
    """Return the session's object for a row that `run` has written, with the row's new values.

    If the session has none, add one. `columns` has all values by name, including `id`.
    """
    row = update_known(model, columns)
    if row is None:
        row = read_only(model, columns.items())
        make_transient_to_detached(row)
        db.session.add(row)
    return row


def update_known(model: type[ModelType], columns: Values) -> ModelType | None:
    """Set new values on the object that the session has for the row with `columns["id"]`.

    Return the object, or None if the session has none. The values count as stored already.
    """
    known = db.session.identity_map.get(identity_key(model, columns["id"]))
    if known is not None:
        for name, value in columns.items():
            set_committed_value(known, name, value)
    return known


def is_writing() -> bool:
    """Return whether this thread is inside `with writing()`."""
    return _writing.get()


@contextmanager
def writing() -> Iterator[None]:
    """Run the block in one transaction that may write, and commit it; roll back after an error.

    The transaction before it ends first, so what was read there may have changed: callers check
    their rules again inside the block, on locked rows.

    Raises:
        RuntimeError: called inside another `writing`, or the session has unsaved changes.
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
