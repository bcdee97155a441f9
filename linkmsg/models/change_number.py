"""The number of a change: one growing number over all changes of all messages.

Who follows the messages, such as the index of search, keeps how far it has come and asks for
what has a higher number. So a number must not appear below one that was read before.
"""

from typing import Any

from sqlalchemy import BigInteger, Select, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ColumnElement

SEQUENCE = "messages_change"
LOCK = 0x6C6E6B63  # ours among PostgreSQL's advisory locks: "lnkc"


class NextChangeNumber(ColumnElement[int]):
    """The next number, as SQL: a message gets it with whatever is written on it.

    SQLite has one writer at a time, so it is the highest and one. On PostgreSQL numbers of a
    sequence may be committed in another order than they were given out: each write that takes
    one holds a lock with all other such writes until it ends, and `settling` tells whether there
    is any.
    """

    inherit_cache = True
    type = BigInteger()


@compiles(NextChangeNumber)
def _highest_and_one(element: NextChangeNumber, compiler: SQLCompiler, **_: Any) -> str:
    return "(SELECT coalesce(max(change), 0) + 1 FROM messages)"


@compiles(NextChangeNumber, "postgresql")
def _of_the_sequence(element: NextChangeNumber, compiler: SQLCompiler, **_: Any) -> str:
    return f"(SELECT nextval('{SEQUENCE}') FROM pg_advisory_xact_lock_shared({LOCK}))"  # noqa: S608


def no_open_writes() -> Select[Any]:
    """On PostgreSQL: whether all writes that have taken a number have ended.

    If so, no other takes one until the transaction of this ends: what is read by the next
    statement is all that there will ever be below the highest number. It does not wait, for who
    waits for this lock has all that write stand behind.
    """
    return select(func.pg_try_advisory_xact_lock(LOCK))
