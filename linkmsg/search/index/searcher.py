"""Searches one state of the index, together with the messages that it does not hold yet."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from enum import Enum

from linkmsg.search.index import reading
from linkmsg.search.index.reading import IndexHits, IndexQuery
from linkmsg.search.index.view import Budget, View


class Order(Enum):
    """The order of hits."""

    NEWEST = "newest"
    BEST = "best"


class Searcher:
    """Searches some segments; it never changes, so threads can share it."""

    def __init__(self, views: Sequence[View]) -> None:
        self._views = views

    def search(
        self, query: IndexQuery, order: Order, cursor: str, size: int, budget: Budget
    ) -> IndexHits:
        """Return the page of hits after a cursor ('' or anything else that is none: the first).

        What does not fit into the budget is left out, and the hits are marked as partial.

        Raises:
            DamagedIndex: a file is not what was written.
            OSError: a file can't be read now.
        """
        search = reading.best if order is Order.BEST else reading.newest
        return search(query, self._views, cursor, size, budget)

    def without(self, ids: Collection[int]) -> "Searcher":
        """Return a searcher that does not find some messages."""
        return Searcher(
            [view._replace(elsewhere=view.elsewhere.union(ids)) for view in self._views]
        )

    def message_ids(self, keys: Iterable[bytes]) -> set[int]:
        """Return the ids of all messages that hold a term with one of these keys."""
        keys = list(keys)
        return {
            each
            for view in self._views
            for key in keys
            for each in view.shown_ids(view.numbers(key))
        }

    def keys_by_segment(self, prefix: bytes) -> Iterator[Iterator[bytes]]:
        """Yield, for each segment, an iterator over its keys with a prefix."""
        for view in self._views:
            yield (key for key, _ in view.terms.starting(prefix))
