"""Database statements that a page costs, with few rows and with many: they must not grow."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from bench.place import FEW, LONG, MANY, Browser, Place, conversations, place
from linkmsg.db import db

AIM = 12
PAGES: dict[str, Callable[[Browser, int], object]] = {
    "inbox": lambda browser, _: browser.get("/messaging"),
    "thread": lambda browser, talk: browser.get(f"/messaging/{talk}"),
    "thread, beside the inbox": lambda browser, talk: browser.get(
        f"/messaging/{talk}", partial=True
    ),
    "send": lambda browser, talk: browser.send(talk),
}


def figures() -> Iterator[str]:
    few, many = conversations(FEW, last=FEW), conversations(MANY, last=LONG)
    with place(few) as small, place(many) as large:
        yield f"{'of conversations and messages':<30} {FEW:>6} {MANY:>6,}"
        for page, before, after in zip(PAGES, counts(small), counts(large), strict=True):
            yield f"{page:<30} {before:>6} {after:>6} statements (aim: {AIM})"


def counts(place: Place) -> Iterator[int]:
    browser = place.browser()
    for ask in PAGES.values():
        with counted(place.app) as statements:
            ask(browser, place.talks[-1])
        yield len(statements)


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """What is asked of the database within: every statement but BEGIN and COMMIT."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
