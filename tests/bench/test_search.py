"""The bench of search runs, and says what it was asked for."""

from pathlib import Path

import pytest

from bench import __main__ as benches
from bench import asking, search
from bench.asking import Timings, in_turn, parts
from bench.queries import KINDS, Query


def test_each_way_is_asked_each_thing_once_and_none_after_another():
    asked: dict[str, list[str]] = {"one": [], "other": []}
    ways = {way: lambda query, way=way: asked[way].append(query.text) for way in asked}
    queries = [Query(1, str(number)) for number in range(asking.WARM_UP + 10)]
    times = in_turn(ways, queries)
    counted = {way: texts[asking.WARM_UP :] for way, texts in asked.items()}
    wanted = sorted(query.text for query in queries[asking.WARM_UP :])
    assert [sorted(texts) for texts in counted.values()] == [wanted, wanted]
    assert all(one != other for one, other in zip(*counted.values(), strict=True))
    assert {way: len(taken.seconds) for way, taken in times.items()} == {"one": 10, "other": 10}


def test_half_are_below_the_median_and_one_of_twenty_above_the_other():
    taken = Timings([each / 1000 for each in range(1, 100)])
    assert parts(taken.seconds) == pytest.approx((50, 95))


def test_it_tells_of_every_kind_of_search(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(asking, "NUMBER", 3)
    monkeypatch.setattr(asking, "WARM_UP", 1)
    monkeypatch.setattr(asking, "AWKWARD", {"a*": "a*"})
    told = list(search.figures(1_500))
    for kind in KINDS:
        assert sum(line.startswith(kind) for line in told) == 2
    for figure in ("indexed for each second", "kB of index", "held at most", "memory at most"):
        assert any(figure in line for line in told), figure
    assert "1,500 messages: common word" in told[-1]


def test_a_place_that_is_kept_is_filled_and_indexed_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(search.Corpus, "fill", interrupted)
        with pytest.raises(KeyboardInterrupt):
            search.made(300, tmp_path).__enter__()
    seen = []
    for _ in range(2):
        with search.made(300, tmp_path) as here:
            found = here.asked.engine(next(here.searches.some(1)))
            seen.append((here.ours, here.theirs, found))
        monkeypatch.setattr(search, "build", interrupted)
        monkeypatch.setattr(search.FTS5, "build", interrupted)
        monkeypatch.setattr(search.Corpus, "fill", interrupted)
    assert seen[0] == seen[1]
    assert seen[0][2]


def test_as_many_messages_are_searched_as_are_asked_for():
    assert benches.parsed(["search", "--messages", "10000"]).messages == 10_000
    assert benches.parsed(["inbox"]).messages == search.MESSAGES


def test_a_bench_that_is_not_there_is_refused():
    with pytest.raises(SystemExit, match="There is no bench speed"):
        benches.parsed(["speed"])
