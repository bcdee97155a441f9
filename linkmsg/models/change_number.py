"""Change numbers: one growing sequence over the changes of all messages.

A reader of changes, such as the search indexer, stores the highest number it has read and asks
for higher ones. So no number may appear later below one that was already read.
"""

from typing import Any

from sqlalchemy import BigInteger, Select, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ColumnElement

SEQUENCE = "messages_change"
LOCK = 0x6C6E6B63  # the key of our PostgreSQL advisory lock: "lnkc"


class NextChangeNumber(ColumnElement[int]):
    """The next change number, as SQL; every insert or update of a message stores it.

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
    """Return whether all writes that took a change number have ended, on PostgreSQL.

    If so, it blocks further numbers until this transaction ends, so the next statement reads
    every change below the highest number. It does not wait for the lock: a waiting exclusive
    lock would make every new write wait behind it.
    """
    return select(func.pg_try_advisory_xact_lock(LOCK))
