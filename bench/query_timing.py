"""Time the same searches by linkmsg's engine, by its search page, and by SQLite's FTS5."""

import gc
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from statistics import quantiles
from urllib.parse import urlencode

from bench.fts5 import Fts5Engine
from bench.instances import BenchBrowser, BenchInstance
from bench.search_queries import QUERY_KINDS, QueryGenerator, SearchQuery
from linkmsg.db import db
from linkmsg.models import Member
from linkmsg.search import find

QUERIES, WARM_UP = 100, 6
PAGE_SIZE = 20  # hits on a page
MAX_LISTED = 5  # missed messages printed
AIM_EXPENSIVE = 200  # milliseconds
METHODS = ENGINE, PAGE, FTS5_PLAIN, FTS5_TUNED = "engine", "page", "FTS5", "FTS5 by rowid"
EXPENSIVE_QUERIES = {
    "a*": "a*",
    "* * *": "* * *",
    "[a TO z]": "[a TO z]",
    "5,000 words": " ".join(f"word{number}" for number in range(5_000)),
    "5,000 common words": "the and that have this with from they would there " * 500,
    "100 nested quotes": '"a ' * 100 + "b" + '" ' * 100,
    "a phrase of 250 words": f'"{"the " * 250}"',
    "100 operators": "from:a -has:file " * 50,
    "three letters": "the",
    "all but a word": "-the",
}
Search = Callable[[SearchQuery], object]


@dataclass
class Timings:
    """The wall-clock and CPU times of searches, in seconds."""

    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)


TimingsByMethod = dict[str, Timings]
TimingTable = dict[tuple[str, str], TimingsByMethod]


class SearchMethods:
    """The functions to search the same messages: the engine, the search page and FTS5."""

    def __init__(self, instance: BenchInstance, fts: Fts5Engine) -> None:
        self.app, self.fts = instance.app, fts
        self.browser = cache(instance.browser)
        self.member = cache(self._member)

    def methods(self) -> dict[str, Search]:
        """Return the four search functions by the name with which their times are printed."""
        fts = {FTS5_PLAIN: self.fts.find, FTS5_TUNED: self.fts.find_by_rowid}
        return {ENGINE: self.engine, PAGE: self.page, **fts}

    def engine(self, query: SearchQuery) -> list[int]:
        member = self.member(query.member_id)
        with self.app.app_context():
            return [hit.message.id for hit in find(member, query.text).hits]

    def page(self, query: SearchQuery) -> None:
        browser: BenchBrowser = self.browser(query.member_id)
        browser.get(f"/search?{urlencode({'q': query.text})}")

    def sign_in(self, member_ids: Iterable[int]) -> None:
        """Sign members in before measuring: password hashing takes longer than a search."""
        for each in member_ids:
            self.browser(each)

    def _member(self, id: int) -> Member:
        with self.app.app_context():
            return db.session.scalars(Member.by_id(id)).one()


def measure_all(methods: SearchMethods, queries: QueryGenerator) -> TimingTable:
    """Time every search function, by kind of query (common word ...) and group of members."""
    for ids in queries.members.values():
        methods.sign_in(ids)
    return {
        (kind, weight): measure_interleaved(
            methods.methods(), queries.of(weight, kind, QUERIES + WARM_UP)
        )
        for kind in QUERY_KINDS
        for weight in queries.members
    }


def measure_interleaved(
    methods: Mapping[str, Search], queries: Sequence[SearchQuery]
) -> TimingsByMethod:
    """Time all search functions in turn, so that other load on the machine affects them alike.

    Each runs the queries in another order, so that none fills caches for the next. The first
    WARM_UP queries are not timed.
    """
    times = {name: Timings() for name in methods}
    for query in queries[:WARM_UP]:
        for search in methods.values():
            search(query)
    # The corpus stays in memory here, and a server has none for the collector to traverse.
    gc.collect()
    gc.freeze()
    measured = queries[WARM_UP:]
    for turn in range(len(measured)):
        for step, (name, search) in enumerate(methods.items()):
            query = measured[(turn + step * len(measured) // len(methods)) % len(measured)]
            began, cpu = time.perf_counter(), time.thread_time()
            search(query)
            times[name].seconds.append(time.perf_counter() - began)
            times[name].cpu_seconds.append(time.thread_time() - cpu)
    return times


def compare_results(methods: SearchMethods, queries: QueryGenerator) -> Iterator[str]:
    """Report how many messages found by FTS5 the engine finds too, and some that it misses.

    A few misses are right: FTS5's stemmer takes *generous* and *general* for one word.
    """
    expected, missed = 0, list[str]()
    for query in queries.some(WARM_UP, without="prefix"):
        found_ids, fts_ids = methods.engine(query), methods.fts.find(query)
        shown = {id for id in fts_ids if len(found_ids) < PAGE_SIZE or id > min(found_ids)}
        expected += len(shown)
        missed += [f"message {id} for {query.text}" for id in sorted(shown - {*found_ids})]
    found = expected - len(missed)
    yield f"{found} of the {expected} messages that FTS5 lists first are listed (prefixes left out)"
    yield from (f"not listed: {each}" for each in missed[:MAX_LISTED])


def measure_expensive(methods: SearchMethods, member_id: int) -> Iterator[str]:
    """Report the slowest of three runs of each query in EXPENSIVE_QUERIES, by engine and page."""
    for label, text in EXPENSIVE_QUERIES.items():
        query = SearchQuery(member_id, text)
        chosen = [
            (name, search) for name, search in methods.methods().items() if name in {ENGINE, PAGE}
        ]
        times = {
            name: measure_interleaved({name: search}, [query] * (WARM_UP + 3))[name]
            for name, search in chosen
        }
        shown = " · ".join(
            f"{name} {max(taken.seconds) * 1000:.1f} ms (CPU {max(taken.cpu_seconds) * 1000:.1f})"
            for name, taken in times.items()
        )
        yield f"{label:<22} {shown} (aim: {AIM_EXPENSIVE})"


def p50_and_p95(times: Sequence[float]) -> tuple[float, float]:
    """Return the median and the 95th percentile of seconds, in milliseconds."""
    cuts = quantiles(times, n=20)
    return cuts[9] * 1000, cuts[18] * 1000
