"""The search of one state of the index, together with messages that are not indexed yet."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from enum import Enum

from linkmsg.search.index import reading
from linkmsg.search.index.reading import IndexHits, IndexQuery
from linkmsg.search.index.view import Budget, View


class Order(Enum):
    """The order of search results: newest first, or most relevant first."""

    NEWEST = "newest"
    BEST = "best"


class Searcher:
    """Searches some segments (parts of the index); it never changes, so threads can share it."""

    def __init__(self, views: Sequence[View]) -> None:
        self._views = views

    def search(
        self, query: IndexQuery, order: Order, cursor: str, size: int, budget: Budget
    ) -> IndexHits:
        """Return a page of `size` results: the one after `cursor`, or the first if that is empty.

        The cursor comes from the page before; anything that is not a cursor counts as empty. When
        the budget's time is up, matches may be missing, and the result says that it is partial.

        Raises:
            DamagedIndex: a file of the index is corrupt.
            OSError: a file can't be read right now.
        """
        search = reading.best if order is Order.BEST else reading.newest
        return search(query, self._views, cursor, size, budget)

    def without(self, ids: Collection[int]) -> "Searcher":
        """Return a searcher that does not find the messages with these ids."""
        return Searcher(
            [view._replace(elsewhere=view.elsewhere.union(ids)) for view in self._views]
        )

    def message_ids(self, keys: Iterable[bytes]) -> set[int]:
        """Return the ids of all messages that contain a term with any of these keys."""
        keys = list(keys)
        return {
            each
            for view in self._views
            for key in keys
            for each in view.shown_ids(view.numbers(key))
        }

    def keys_by_segment(self, prefix: bytes) -> Iterator[Iterator[bytes]]:
        """Yield, for each segment, an iterator over its keys that begin with a prefix, sorted."""
        for view in self._views:
            yield (key for key, _ in view.terms.starting(prefix))
