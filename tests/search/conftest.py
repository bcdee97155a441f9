"""The index of the tests of search, and messages before and after they are in it."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from linkmsg.search.feed.indexer import Indexer
from linkmsg.search.index.search_index import SearchIndex
from tests.support.search import local_indexer, run_until_done

IndexAll = Callable[[], None]


@pytest.fixture
def index(inside: Flask) -> SearchIndex:
    """Return the index as a web process reads it."""
    found: SearchIndex = inside.extensions["linkmsg.search"]
    return found


@pytest.fixture
def indexer(index: SearchIndex) -> Iterator[Indexer]:
    """Provide the indexer of the index, whose writer runs in this process."""
    made = local_indexer(index)
    yield made
    made.close()


@pytest.fixture
def index_all(indexer: Indexer) -> IndexAll:
    """Return a function that puts all messages sent so far into the index."""
    return lambda: run_until_done(indexer)


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
