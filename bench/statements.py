"""Count the database statements of a page, with few rows and many: there must not be more."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from bench.instances import (
    FEW,
    LONG,
    MANY,
    BenchBrowser,
    BenchInstance,
    conversation_sizes,
    instance_with,
)
from linkmsg.db import db

AIM = 12
PAGES: dict[str, Callable[[BenchBrowser, int], object]] = {
    "inbox": lambda browser, _: browser.get("/messaging"),
    "thread": lambda browser, id: browser.get(f"/messaging/{id}"),
    "thread, beside the inbox": lambda browser, id: browser.get(f"/messaging/{id}", partial=True),
    "send": lambda browser, id: browser.send(id),
}


def figures() -> Iterator[str]:
    few, many = conversation_sizes(FEW, last=FEW), conversation_sizes(MANY, last=LONG)
    with instance_with(few) as small, instance_with(many) as large:
        yield f"{'conversations and messages':<30} {FEW:>6} {MANY:>6,}"
        for page, before, after in zip(
            PAGES, count_statements(small), count_statements(large), strict=True
        ):
            yield f"{page:<30} {before:>6} {after:>6} statements (aim: {AIM})"


def count_statements(instance: BenchInstance) -> Iterator[int]:
    browser = instance.browser()
    for load in PAGES.values():
        with recorded_statements(instance.app) as statements:
            load(browser, instance.conversation_ids[-1])
        yield len(statements)


@contextmanager
def recorded_statements(app: Flask) -> Iterator[list[str]]:
    """Yield a list to which each SQL statement of the block is added, except BEGIN and COMMIT."""
    statements: list[str] = []

    def record(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", record)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", record)
