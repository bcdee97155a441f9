"""Measure search: linkmsg's engine, the search page, and SQLite's FTS5, on the same messages."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from bench import query_timing
from bench.fts5 import Fts5Engine
from bench.index_build import IndexBuild, build_index
from bench.instances import DATABASE, BenchInstance, filled_instance
from bench.query_timing import (
    ENGINE,
    FTS5_PLAIN,
    METHODS,
    SearchMethods,
    Timings,
    TimingsByMethod,
    TimingTable,
    p50_and_p95,
)
from bench.rows import RowWriter
from bench.search_corpus import Corpus
from bench.search_queries import QueryGenerator
from linkmsg.db import db
from linkmsg.search.index import VERSION

SIZES = (10_000, 100_000, 1_000_000)
MESSAGES = SIZES[1]
AIM, AIM_PAGE = 10, 60  # milliseconds, p95
AIM_RATE, AIM_SIZE, AIM_REQUEST, AIM_MEMORY, AIM_SPEEDUP = 1_200, 2.5, 500, 300, 10


@dataclass(frozen=True)
class SearchBench:
    """An app with a number of messages, the costs of both indexes, and the queries to run."""

    messages: int
    instance: BenchInstance
    engine: IndexBuild
    fts5: IndexBuild
    methods: SearchMethods
    queries: QueryGenerator


def figures(messages: int = MESSAGES, keep: Path | None = None) -> Iterator[str]:
    by_size: list[str] = []
    for size in [*(each for each in SIZES if each < messages), messages]:
        began = time.perf_counter()
        with prepare(size, keep) as bench:
            yield f"{size:,} messages and both indexes: {time.perf_counter() - began:.0f} s"
            table = query_timing.measure_all(bench.methods, bench.queries)
            by_size.append(report_growth(bench, table))
            if size == messages:
                yield from report(bench, table)
    yield "by size, p95 of typical and heavy members, in milliseconds:"
    yield from by_size


@contextmanager
def prepare(messages: int, keep: Path | None = None) -> Iterator[SearchBench]:
    """Yield an app with messages and both indexes; reuse those that are in the folder `keep`."""
    corpus = Corpus(messages)

    def fill(rows: RowWriter) -> list[int]:
        corpus.fill(rows.database)
        return []

    with filled_instance(fill, keep / str(messages) if keep else None) as instance:
        folder = instance.folder
        with instance.app.app_context():
            engine = db.engine
        engine_build = load_or_build(folder / f"engine-{VERSION}.json", lambda: build_index(folder))
        with closing(Fts5Engine(folder / DATABASE)) as fts, engine.connect() as database:
            fts_build = load_or_build(folder / "fts5.json", fts.build)
            queries = QueryGenerator(corpus, database)
            # Outside of an app context: requests would share its session and signed-in member.
            yield SearchBench(
                messages, instance, engine_build, fts_build, SearchMethods(instance, fts), queries
            )


def load_or_build(file: Path, build: Callable[[], IndexBuild]) -> IndexBuild:
    """Return the costs of an index from a JSON file; without it, build the index and write it."""
    if file.exists():
        return IndexBuild(**json.loads(file.read_text()))
    costs = build()
    file.write_text(json.dumps(asdict(costs)))
    return costs


def report(bench: SearchBench, table: TimingTable) -> Iterator[str]:
    """Report all figures of the app with the most messages."""
    for group, ids in bench.queries.members.items():
        sizes = [bench.queries.sizes[id] for id in ids]
        yield f"{group}: {len(ids)} members with {min(sizes):,} to {max(sizes):,} messages each"
    yield (
        f"{'p50 p95 in ms, p95 of CPU time':<33}"
        + "".join(f"{method:>24}" for method in METHODS)
        + "  FTS5/engine"
    )
    for (kind, group), times in table.items():
        cells = "".join(
            format_cell(times[method]) if method in times else f"{'-':>24}" for method in METHODS
        )
        yield f"{kind:<14} {group:<18}{cells}  {format_speedup(times)}"
    yield (
        f"aims: p95 of the engine {AIM}, of the page {AIM_PAGE}; "
        f"common words {AIM_SPEEDUP} times as fast as FTS5"
    )
    yield from query_timing.compare_results(bench.methods, bench.queries)
    yield from query_timing.measure_expensive(bench.methods, bench.queries.members["heavy"][0])
    yield from report_index(bench)


def format_cell(taken: Timings) -> str:
    times, cpu = p50_and_p95(taken.seconds), p50_and_p95(taken.cpu_seconds)
    return "{:>8.2f}{:>8.2f}".format(*times) + f"{cpu[1]:>8.2f}"


def format_speedup(times: TimingsByMethod) -> str:
    """Return how many times as long as the engine FTS5 takes: median and 95th percentile."""
    engine, fts5 = p50_and_p95(times[ENGINE].seconds), p50_and_p95(times[FTS5_PLAIN].seconds)
    return f"{fts5[0] / engine[0]:>6.1f}{fts5[1] / engine[1]:>6.1f}"


def report_index(bench: SearchBench) -> Iterator[str]:
    """Report time, size and memory of building both indexes, and the memory of searching."""
    number, engine, fts5 = bench.messages, bench.engine, bench.fts5
    before, peak = measure_search_memory(bench)
    longest = ", ".join(
        f"{kind} {seconds * 1000:.0f} ms ({cpu * 1000:.0f})"
        for kind, (seconds, cpu) in engine.longest.items()
    )
    yield (
        f"{number / engine.cpu_seconds:,.0f} messages indexed per CPU second "
        f"(aim: {AIM_RATE:,}), {number / engine.seconds:,.0f} per second; "
        f"FTS5 {number / fts5.cpu_seconds:,.0f}"
    )
    yield (
        f"{engine.size * 1000 / number:.2f} kB of index per message (aim: {AIM_SIZE}); "
        f"FTS5 {fts5.size * 1000 / number:.2f}"
    )
    yield f"longest request of the index writer (and its CPU time): {longest}; aim: {AIM_REQUEST}"
    yield (
        f"peak memory: feeder {engine.memory[0]:.0f} MB, index writer {engine.memory[1]:.0f}, "
        f"a process that searches {peak:.0f}, before its first search {before:.0f} "
        f"(aim: {AIM_MEMORY})"
    )


def measure_search_memory(bench: SearchBench) -> list[float]:
    """Return the memory in MB of a process that only searches: at its start, and its peak."""
    lines = [f"{query.member_id} {query.text}" for query in bench.queries.some(20)]
    command = [sys.executable, "-m", "bench.search_process", str(bench.instance.folder)]
    output = subprocess.check_output(command, input="\n".join(lines), text=True)
    return [float(each) for each in output.split()]


def report_growth(bench: SearchBench, table: TimingTable) -> str:
    """Return a line with the main figures of one size, to compare with other sizes."""
    groups = bench.queries.members

    def p95(kind: str, method: str) -> str:
        return " and ".join(
            f"{p50_and_p95(table[kind, each][method].seconds)[1]:.1f}" for each in groups
        )

    return (
        f"{bench.messages:>9,} messages: common word {p95('common word', ENGINE)} "
        f"(FTS5 {p95('common word', FTS5_PLAIN)}), prefix {p95('prefix', ENGINE)} "
        f"(FTS5 {p95('prefix', FTS5_PLAIN)}); "
        f"{bench.messages / bench.engine.cpu_seconds:,.0f} indexed per CPU second, "
        f"{bench.engine.size * 1000 / bench.messages:.2f} kB each"
    )
