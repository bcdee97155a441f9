"""Engines that are asked the same things in turn, and how long each takes."""

import gc
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from statistics import quantiles
from urllib.parse import urlencode

from bench.fts import FTS5
from bench.place import Browser, Place
from bench.queries import KINDS, Query, Searches
from linkmsg.db import db
from linkmsg.models import Member
from linkmsg.search import find

NUMBER, WARM_UP = 100, 6
SHOWN = 20  # hits on a page
NAMED = 5  # of what we miss
AIM_AWKWARD = 200  # milliseconds
WAYS = OURS, PAGE, THEIRS, TUNED = "engine", "page", "FTS5", "FTS5 by rowid"
AWKWARD = {
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
Ask = Callable[[Query], object]


@dataclass
class Timings:
    """How long each search took, by the clock and of the processor, in seconds."""

    seconds: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)


Times = dict[str, Timings]
Table = dict[tuple[str, str], Times]


class QueryTimes:
    """One place, and the ways to look for something in it."""

    def __init__(self, place: Place, fts: FTS5) -> None:
        self.app, self.fts = place.app, fts
        self.browser = cache(place.browser)
        self.member = cache(self._member)

    def ways(self) -> dict[str, Ask]:
        theirs = {THEIRS: self.fts.find, TUNED: self.fts.find_by_rowid}
        return {OURS: self.engine, PAGE: self.page, **theirs}

    def engine(self, query: Query) -> list[int]:
        member = self.member(query.member_id)
        with self.app.app_context():
            return [hit.message.id for hit in find(member, query.text).hits]

    def page(self, query: Query) -> None:
        browser: Browser = self.browser(query.member_id)
        browser.get(f"/search?{urlencode({'q': query.text})}")

    def sign_in(self, member_ids: Iterable[int]) -> None:
        """Before anything is measured: a sign-in takes longer than a search, as it should."""
        for each in member_ids:
            self.browser(each)

    def _member(self, id: int) -> Member:
        with self.app.app_context():
            return db.session.scalars(Member.by_id(id)).one()


def table(asked: QueryTimes, searches: Searches) -> Table:
    """By kind of search and by member: how long each way took."""
    for ids in searches.members.values():
        asked.sign_in(ids)
    return {
        (kind, weight): in_turn(asked.ways(), searches.of(weight, kind, NUMBER + WARM_UP))
        for kind in KINDS
        for weight in searches.members
    }


def in_turn(ways: Mapping[str, Ask], queries: Sequence[Query]) -> Times:
    """All ways in turn, so that whatever else the machine does meets all; none warms another."""
    times = {way: Timings() for way in ways}
    for query in queries[:WARM_UP]:
        for ask in ways.values():
            ask(query)
    # A server has no million messages in its memory that the collector would go through.
    gc.collect()
    gc.freeze()
    left = queries[WARM_UP:]
    for turn in range(len(left)):
        for step, (way, ask) in enumerate(ways.items()):
            query = left[(turn + step * len(left) // len(ways)) % len(left)]
            began, worked = time.perf_counter(), time.thread_time()
            ask(query)
            times[way].seconds.append(time.perf_counter() - began)
            times[way].worked.append(time.thread_time() - worked)
    return times


def missed(asked: QueryTimes, searches: Searches) -> Iterator[str]:
    """What FTS5 finds and we do not. It finds *generous* for *general*, which is no matter."""
    wanted, lost = 0, list[str]()
    for query in searches.some(WARM_UP, without="prefix"):
        ours, theirs = asked.engine(query), asked.fts.find(query)
        shown = {id for id in theirs if len(ours) < SHOWN or id > min(ours)}
        wanted += len(shown)
        lost += [f"message {id} for {query.text}" for id in sorted(shown - {*ours})]
    found = wanted - len(lost)
    yield f"of {wanted} messages that FTS5 shows first, but for a prefix, we show {found}"
    yield from (f"not shown: {each}" for each in lost[:NAMED])


def awkward(asked: QueryTimes, member_id: int) -> Iterator[str]:
    """The longest of three times that each takes which is made to take long."""
    for name, text in AWKWARD.items():
        query = Query(member_id, text)
        ways = [(way, ask) for way, ask in asked.ways().items() if way in {OURS, PAGE}]
        times = {way: in_turn({way: ask}, [query] * (WARM_UP + 3))[way] for way, ask in ways}
        shown = " · ".join(
            f"{way} {max(taken.seconds) * 1000:.1f} ms (processor {max(taken.worked) * 1000:.1f})"
            for way, taken in times.items()
        )
        yield f"{name:<22} {shown} (aim: {AIM_AWKWARD})"


def parts(times: Sequence[float]) -> tuple[float, float]:
    """The median and the 95th percentile, in milliseconds."""
    found = quantiles(times, n=20)
    return found[9] * 1000, found[18] * 1000
