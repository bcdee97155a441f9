"""Change numbers: each insert or update of a message stores a number higher than all before.

A reader of changes, such as the search indexer, remembers the highest number it has read and
asks for higher ones. So a lower number must never become visible after a higher one was read.
"""

from typing import Any

from sqlalchemy import BigInteger, Select, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ColumnElement

SEQUENCE = "messages_change"
LOCK = 0x6C6E6B63  # the key of our PostgreSQL advisory lock: "lnkc"


class NextChangeNumber(ColumnElement[int]):
    """An SQL expression for the next change number, to insert or update a message with.

    SQLite has one writer at a time, so it is the highest number plus one. On PostgreSQL,
    transactions may commit in another order than they took numbers from a sequence. So each
    holds a shared advisory lock until it ends, and `no_open_writes` checks for such locks.
    """

    inherit_cache = True
    type = BigInteger()


@compiles(NextChangeNumber)
def _max_plus_one(element: NextChangeNumber, compiler: SQLCompiler, **_: Any) -> str:
    return "(SELECT coalesce(max(change), 0) + 1 FROM messages)"


@compiles(NextChangeNumber, "postgresql")
def _from_sequence(element: NextChangeNumber, compiler: SQLCompiler, **_: Any) -> str:
    return f"(SELECT nextval('{SEQUENCE}') FROM pg_advisory_xact_lock_shared({LOCK}))"  # noqa: S608


def no_open_writes() -> Select[Any]:
    """Select true if every transaction that took a change number has ended. PostgreSQL only.

    If true, nobody can take a number until this transaction ends, so its next statement reads
    all changes up to the highest number. It tries the exclusive lock without waiting: while one
    waits for it, every new write would have to wait too.
    """
    return select(func.pg_try_advisory_xact_lock(LOCK))
