"""The index of the tests of search, and messages before and after they are in it."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from linkmsg.search.feed.indexer import Indexer
from linkmsg.search.index.search_index import SearchIndex
from tests.support.search import feed_all, local_feeder

IndexAll = Callable[[], None]


@pytest.fixture
def index(inside: Flask) -> SearchIndex:
    """Return the index as a web process reads it."""
    found: SearchIndex = inside.extensions["linkmsg.search"]
    return found


@pytest.fixture
def feeder(index: SearchIndex) -> Iterator[Indexer]:
    """Provide the feeder of the index, whose writer runs in this process."""
    made = local_feeder(index)
    yield made
    made.close()


@pytest.fixture
def index_all(feeder: Indexer) -> IndexAll:
    """Return a function that puts all messages sent so far into the index."""
    return lambda: feed_all(feeder)


@pytest.fixture(params=["recent", "indexed"])
def maybe_index(request: pytest.FixtureRequest) -> IndexAll:
    """Run a test twice: with messages that only the database knows, and with an index of them.

    Only for what reads the two in different ways.
    """
    if request.param == "recent":
        request.getfixturevalue("inside")
        return lambda: None
    found: IndexAll = request.getfixturevalue("index_all")
    return found
