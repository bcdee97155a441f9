"""Measure how much slower a page is with many rows than with few."""

import gc
import time
from collections.abc import Callable, Iterator
from statistics import median

from bench.instances import FEW, LONG, MANY, conversation_sizes, instance_with

AIM = 1.3
WARM_UP, ROUNDS = 20, 300


def inbox() -> Iterator[str]:
    with (
        instance_with(conversation_sizes(FEW)) as small,
        instance_with(conversation_sizes(MANY)) as large,
    ):
        few, many = small.browser(), large.browser()
        yield compare(
            f"inbox: {MANY:,} conversations vs {FEW}",
            lambda: few.get("/messaging"),
            lambda: many.get("/messaging"),
        )
        last = max(large.conversation_ids) * 3 // 2
        yield compare(
            "inbox: a page in the middle vs the first",
            lambda: many.get("/messaging"),
            lambda: many.get(f"/messaging?before={last}"),
        )


def thread() -> Iterator[str]:
    with (
        instance_with(conversation_sizes(FEW, last=FEW)) as small,
        instance_with(conversation_sizes(FEW, last=LONG)) as large,
    ):
        few, many = small.browser(), large.browser()
        path = f"/messaging/{small.conversation_ids[-1]}"
        yield compare(
            f"thread: {LONG:,} messages vs {FEW}",
            lambda: few.get(path),
            lambda: many.get(path),
        )
        yield compare(
            "thread: opened in the middle vs at the end",
            lambda: many.get(path),
            lambda: many.get(f"{path}?at={LONG // 2}"),
        )
        yield compare(
            f"send: into {LONG:,} messages vs {FEW}",
            lambda: few.send(small.conversation_ids[-1]),
            lambda: many.send(large.conversation_ids[-1]),
        )


def compare(label: str, few: Callable[[], object], many: Callable[[], object]) -> str:
    """Time two requests, and return a line with the ratio of their median times.

    They take turns, so that other load on the machine affects both.
    """
    times: tuple[list[float], list[float]] = ([], [])
    gc.collect()
    for turn in range(WARM_UP + ROUNDS):
        for request, taken in zip((few, many), times, strict=True):
            began = time.perf_counter()
            request()
            if turn >= WARM_UP:
                taken.append(time.perf_counter() - began)
    small, large = (median(taken) * 1000 for taken in times)
    return f"{label:<50} {large / small:.2f} ({large:.1f} ms / {small:.1f} ms; aim: {AIM})"
