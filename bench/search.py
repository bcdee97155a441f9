"""Search: our engine, the page and SQLite's FTS5, over the same messages in turn."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from bench import asking
from bench.asking import OURS, THEIRS, WAYS, QueryTimes, Table, Times, Timings, parts
from bench.building import Built, build
from bench.corpus import Corpus
from bench.fts import FTS5
from bench.place import DATABASE, Place, filled
from bench.queries import Searches
from bench.rows import Rows
from linkmsg.db import db
from linkmsg.search.index import VERSION

SIZES = (10_000, 100_000, 1_000_000)
MESSAGES = SIZES[1]
AIM, AIM_PAGE = 10, 60  # milliseconds, p95
AIM_PACE, AIM_SIZE, AIM_HELD, AIM_MEMORY, AIM_RATIO = 1_200, 2.5, 500, 300, 10


@dataclass(frozen=True)
class Filled:
    """A place with so many messages, both indexes of it, and what is looked for in it."""

    messages: int
    place: Place
    ours: Built
    theirs: Built
    asked: QueryTimes
    searches: Searches


def figures(messages: int = MESSAGES, keep: Path | None = None) -> Iterator[str]:
    grown: list[str] = []
    for size in [*(each for each in SIZES if each < messages), messages]:
        began = time.perf_counter()
        with made(size, keep) as here:
            yield f"{size:,} messages, and both indexes: {time.perf_counter() - began:.0f} s"
            table = asking.table(here.asked, here.searches)
            grown.append(growth(here, table))
            if size == messages:
                yield from whole(here, table)
    yield "as it grows, p95 of the engine for typical and heavy members, in milliseconds:"
    yield from grown


@contextmanager
def made(messages: int, keep: Path | None = None) -> Iterator[Filled]:
    """Fill a place and make both indexes, ours first; or open one that was kept in a folder."""
    corpus = Corpus(messages)

    def fill(rows: Rows) -> list[int]:
        corpus.fill(rows.database)
        return []

    with filled(fill, keep / str(messages) if keep else None) as place:
        with place.app.app_context():
            engine = db.engine
        ours = once(place.folder / f"ours-{VERSION}.json", lambda: build(place.folder))
        with closing(FTS5(place.folder / DATABASE)) as fts, engine.connect() as database:
            theirs = once(place.folder / "theirs.json", fts.build)
            searches = Searches(corpus, database)
            # A request within a context of ours would share its session, and who is signed in.
            yield Filled(messages, place, ours, theirs, QueryTimes(place, fts), searches)


def once(file: Path, make: Callable[[], Built]) -> Built:
    """What was made before and is told in a file, or what is made now."""
    if file.exists():
        return Built(**json.loads(file.read_text()))
    built = make()
    file.write_text(json.dumps(asdict(built)))
    return built


def whole(here: Filled, table: Table) -> Iterator[str]:
    """All that is measured in the largest place."""
    for weight, ids in here.searches.members.items():
        sizes = [here.searches.sizes[id] for id in ids]
        yield f"{weight}: {len(ids)} members who have {min(sizes):,} to {max(sizes):,} messages"
    yield (
        f"{'p50 p95 in ms, p95 of processor':<33}"
        + "".join(f"{way:>24}" for way in WAYS)
        + "  FTS5/engine"
    )
    for (kind, weight), times in table.items():
        cells = "".join(cell(times[way]) if way in times else f"{'-':>24}" for way in WAYS)
        yield f"{kind:<14} {weight:<18}{cells}  {gain(times)}"
    yield f"aims: p95 of the engine {AIM}, of the page {AIM_PAGE}; common words {AIM_RATIO} times"
    yield from asking.missed(here.asked, here.searches)
    yield from asking.awkward(here.asked, here.searches.members["heavy"][0])
    yield from building(here)


def cell(taken: Timings) -> str:
    return "{:>8.2f}{:>8.2f}".format(*parts(taken.seconds)) + f"{parts(taken.worked)[1]:>8.2f}"


def gain(times: Times) -> str:
    """How many times as long as ours FTS5 takes, by the median and the 95th percentile."""
    ours, theirs = parts(times[OURS].seconds), parts(times[THEIRS].seconds)
    return f"{theirs[0] / ours[0]:>6.1f}{theirs[1] / ours[1]:>6.1f}"


def building(here: Filled) -> Iterator[str]:
    number, ours, theirs = here.messages, here.ours, here.theirs
    before, most = reader(here)
    longest = ", ".join(
        f"{what} {clock * 1000:.0f} ms ({worked * 1000:.0f})"
        for what, (clock, worked) in ours.held.items()
    )
    yield (
        f"{number / ours.processor:,.0f} messages indexed for each second of one core "
        f"(aim: {AIM_PACE:,}), {number / ours.seconds:,.0f} by the clock; "
        f"FTS5 {number / theirs.processor:,.0f}"
    )
    yield (
        f"{ours.size * 1000 / number:.2f} kB of index a message (aim: {AIM_SIZE}); "
        f"FTS5 {theirs.size * 1000 / number:.2f}"
    )
    yield f"the writer was held at most by the clock (and of processor): {longest}; aim: {AIM_HELD}"
    yield (
        f"memory at most: who reads the messages {ours.memory[0]:.0f} MB, the writer "
        f"{ours.memory[1]:.0f}, a process that searches {most:.0f}, before its first search "
        f"{before:.0f} (aim: {AIM_MEMORY})"
    )


def reader(here: Filled) -> list[float]:
    """The memory in MB of a process that only searches: at its start, and the most."""
    lines = [f"{query.member_id} {query.text}" for query in here.searches.some(20)]
    command = [sys.executable, "-m", "bench.reader", str(here.place.folder)]
    told = subprocess.check_output(command, input="\n".join(lines), text=True)
    return [float(each) for each in told.split()]


def growth(here: Filled, table: Table) -> str:
    """How one size stands beside the others, in a line."""
    weights = here.searches.members

    def shown(kind: str, way: str) -> str:
        return " and ".join(f"{parts(table[kind, each][way].seconds)[1]:.1f}" for each in weights)

    return (
        f"{here.messages:>9,} messages: common word {shown('common word', OURS)} "
        f"(FTS5 {shown('common word', THEIRS)}), prefix {shown('prefix', OURS)} "
        f"(FTS5 {shown('prefix', THEIRS)}); "
        f"{here.messages / here.ours.processor:,.0f} indexed a second, "
        f"{here.ours.size * 1000 / here.messages:.2f} kB each"
    )
