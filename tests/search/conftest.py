"""A search of the tests: who looks, and an index that has read all that was said."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from linkmsg.db import db
from linkmsg.search import Results, find
from linkmsg.search.feed.indexer import Indexer
from tests.people import Person


@pytest.fixture
def feeder(inside: Flask) -> Iterator[Indexer]:
    """What tells the writer of the index what changed."""
    made = Indexer(inside.extensions["linkmsg.search"])
    yield made
    made.close()


@pytest.fixture
def indexed(feeder: Indexer) -> Callable[[], None]:
    """Let the index read all that was said so far."""

    def read() -> None:
        db.session.rollback()
        for _ in range(20):
            feeder.run()
            if not feeder._is_due():
                return
        raise AssertionError("the index does not come to its end")

    return read


@pytest.fixture(params=["recent", "indexed"])
def read(request: pytest.FixtureRequest) -> Callable[[], None]:
    """Both ways to be found: just written, and read by the index."""
    if request.param == "recent":
        request.getfixturevalue("inside")
        return lambda: None
    way: Callable[[], None] = request.getfixturevalue("indexed")
    return way


def found(person: Person, text: str, **asked: object) -> Results:
    """What a person finds, in a new look into the database as each request has one."""
    db.session.rollback()
    return find(person.member(), text, **asked)  # type: ignore[arg-type]


def bodies(person: Person, text: str, **asked: object) -> list[str]:
    """The texts of the messages that a person finds."""
    return [hit.message.body for hit in found(person, text, **asked).hits]
