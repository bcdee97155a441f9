"""The search benchmark runs and prints every figure."""

from pathlib import Path

import pytest

from bench import __main__ as bench_command
from bench import query_timing, search
from bench.query_timing import Timings, measure_interleaved, p50_and_p95
from bench.search_queries import QUERY_KINDS, SearchQuery


def test_methods_run_each_query_once_in_different_order():
    texts_of: dict[str, list[str]] = {"one": [], "other": []}
    methods = {
        name: lambda query, name=name: texts_of[name].append(query.text) for name in texts_of
    }
    queries = [SearchQuery(1, str(number)) for number in range(query_timing.WARM_UP + 10)]
    times = measure_interleaved(methods, queries)
    measured = {name: texts[query_timing.WARM_UP :] for name, texts in texts_of.items()}
    expected = sorted(query.text for query in queries[query_timing.WARM_UP :])
    assert [sorted(texts) for texts in measured.values()] == [expected, expected]
    assert all(one != other for one, other in zip(*measured.values(), strict=True))
    assert {name: len(taken.seconds) for name, taken in times.items()} == {"one": 10, "other": 10}


def test_p50_and_p95_of_a_known_distribution():
    taken = Timings([each / 1000 for each in range(1, 100)])
    assert p50_and_p95(taken.seconds) == pytest.approx((50, 95))


def test_figures_cover_every_kind_of_query(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(query_timing, "QUERIES", 3)
    monkeypatch.setattr(query_timing, "WARM_UP", 1)
    monkeypatch.setattr(query_timing, "EXPENSIVE_QUERIES", {"a*": "a*"})
    lines = list(search.figures(1_500))
    for kind in QUERY_KINDS:
        assert sum(line.startswith(kind) for line in lines) == 2
    for figure in ("indexed per CPU second", "kB of index", "longest request", "peak memory"):
        assert any(figure in line for line in lines), figure
    assert "1,500 messages: common word" in lines[-1]


def test_kept_instance_is_filled_and_indexed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(search.Corpus, "fill", interrupted)
        with pytest.raises(KeyboardInterrupt):
            search.prepare(300, tmp_path).__enter__()
    seen = []
    for _ in range(2):
        with search.prepare(300, tmp_path) as bench:
            found = bench.methods.engine(next(bench.queries.some(1)))
            seen.append((bench.engine, bench.fts5, found))
        monkeypatch.setattr(search, "build_index", interrupted)
        monkeypatch.setattr(search.Fts5Engine, "build", interrupted)
        monkeypatch.setattr(search.Corpus, "fill", interrupted)
    assert seen[0] == seen[1]
    assert seen[0][2]


def test_messages_option_sets_the_corpus_size():
    assert bench_command.parse_arguments(["search", "--messages", "10000"]).messages == 10_000
    assert bench_command.parse_arguments(["inbox"]).messages == search.MESSAGES


def test_unknown_benchmark_is_refused():
    with pytest.raises(SystemExit, match="Unknown benchmark speed"):
        bench_command.parse_arguments(["speed"])
