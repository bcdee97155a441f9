"""Logs that hold nothing of what members type: records keep the traceback, but quote no values.

Python and databases quote values in the messages of errors. Here a message is shortened to the part
that names none, whichever logger writes it and however deep the error is in a chain of causes.
"""

import logging
import re
import threading
import traceback
from collections.abc import Iterator
from typing import Any

from flask import has_request_context, request
from sqlalchemy.exc import StatementError

# Errors whose messages quote the value at fault, such as int("a text") and {}["a text"].
QUOTING = (ValueError, LookupError)
WITHHELD = "(message withheld)"
# Servers log the addresses and the malformed headers of requests.
SERVERS = ("gunicorn", "werkzeug")
QUERY = re.compile(r"\?[^\s\"']*")
MALFORMED = re.compile(r"(Invalid request from ip=\S+: [^:]*).*", re.DOTALL)
# Shorter words say nothing.
WORD = re.compile(r"[^\W_]{4,}")


class PrivateRecord(logging.LogRecord):
    """A log record that holds a traceback as text without values, in place of the exception."""

    def __init__(
        self,
        name: str,
        level: int,
        pathname: str,
        lineno: int,
        msg: object,
        args: Any,
        exc_info: Any,
        *more: Any,
        **named: Any,
    ) -> None:
        if isinstance(args, tuple):
            args = tuple(_without_values(each) for each in args)
        super().__init__(name, level, pathname, lineno, msg, args, None, *more, **named)
        if name.startswith(SERVERS):
            self.msg, self.args = _without_address(self.getMessage()), ()
        if exc_info and exc_info[1] is not None:
            self.exc_text = "\n".join(traceback_lines(exc_info[1]))


def init_app(_app: object = None) -> None:
    """Make all log records of this process private, those of other libraries too."""
    logging.setLogRecordFactory(PrivateRecord)


def log_thread_errors() -> None:
    """Log the errors that end a thread; by default Python prints them with their messages."""

    def log(ended: threading.ExceptHookArgs) -> None:
        if ended.exc_value is not None and ended.exc_type is not SystemExit:
            logging.getLogger("linkmsg").error("a thread failed", exc_info=ended.exc_value)

    threading.excepthook = log


def traceback_lines(
    error: BaseException, seen: frozenset[int] = frozenset(), prefix: str = ""
) -> Iterator[str]:
    """Yield the lines of a traceback with all causes, as Python prints it, but without values."""
    seen |= {id(error)}
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and id(before) not in seen:
        yield from traceback_lines(before, seen)
        yield "\nThis led to:\n"
    yield f"{prefix}Traceback (most recent call last):"
    yield "".join(traceback.format_tb(error.__traceback__)).rstrip("\n")
    yield describe(error)
    for part in getattr(error, "exceptions", ()):
        yield from traceback_lines(part, seen, "One of its errors: ")


def describe(error: BaseException) -> str:
    """Return the type of an error, and its message as far as it quotes no value."""
    kind = type(error)
    name = (
        kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
    )
    return f"{name}: {reason(error)}"


def reason(error: BaseException) -> str:
    """Return the message of an error without its values; a database error keeps its statement."""
    if isinstance(error, StatementError):
        cause = reason(error.orig) if error.orig is not None else WITHHELD
        return f"{cause} [SQL: {error.statement}]" if error.statement else cause
    if isinstance(error, QUOTING) or type(error).__module__ == "gunicorn.http.errors":
        return WITHHELD
    if _is_of_database(error):
        # Below the first line are details such as "Failing row contains (…)".
        return next(iter(str(error).strip().splitlines()), "").partition(': "')[0]
    return _without_request(str(error))


def unusable_database(error: Exception) -> str:
    """Return a sentence for the administrator about an error of the database."""
    return (
        f"The database can't be used: {reason(getattr(error, 'orig', None) or error).rstrip('.')}."
    )


def _is_of_database(error: BaseException) -> bool:
    """Return whether an error is of a driver (PEP 249), none of which is imported for this."""
    return any(base.__module__.startswith(("psycopg", "sqlite3")) for base in type(error).__mro__)


def _without_request(text: str) -> str:
    """Return a text without the words of the current request: of its form, query and cookies.

    A form that has not been read stays unread.
    """
    if not has_request_context():
        return text
    parsed = vars(request._get_current_object()).get("form") or {}  # type: ignore[attr-defined]
    typed = " ".join([*parsed.values(), *request.args.values(), *request.cookies.values()])
    words = {each.lower() for each in WORD.findall(typed)}
    return WORD.sub(lambda word: "…" if word[0].lower() in words else word[0], text)


def _without_values(argument: object) -> object:
    return describe(argument) if isinstance(argument, BaseException) else argument


def _without_address(text: str) -> str:
    return MALFORMED.sub(r"\1", QUERY.sub("?…", text))
