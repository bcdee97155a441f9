"""The same page with few rows and with many, asked for in turn: the ratio of the medians."""

import gc
import time
from collections.abc import Callable, Iterator
from statistics import median

from bench.place import FEW, LONG, MANY, Browser, conversations, place

AIM = 1.3
WARM_UP, ROUNDS = 20, 300


def inbox() -> Iterator[str]:
    with place(conversations(FEW)) as small, place(conversations(MANY)) as large:
        few, many = small.browser(), large.browser()
        yield compared(
            f"inbox: {MANY:,} conversations against {FEW}",
            lambda: few.get("/messaging"),
            lambda: many.get("/messaging"),
        )
        last = max(large.talks) * 3 // 2
        yield compared(
            "its older pages: in the middle against the first",
            lambda: many.get("/messaging"),
            lambda: many.get(f"/messaging?before={last}"),
        )


def thread() -> Iterator[str]:
    with (
        place(conversations(FEW, last=FEW)) as small,
        place(conversations(FEW, last=LONG)) as large,
    ):
        few, many = small.browser(), large.browser()
        path = f"/messaging/{small.talks[-1]}"
        yield compared(
            f"thread: {LONG:,} messages against {FEW}",
            lambda: few.get(path),
            lambda: many.get(path),
        )
        yield compared(
            "opened in the middle against at its end",
            lambda: many.get(path),
            lambda: many.get(f"{path}?at={LONG // 2}"),
        )
        yield compared(
            f"send: into {LONG:,} messages against {FEW}",
            lambda: sent(few, small.talks[-1]),
            lambda: sent(many, large.talks[-1]),
        )


def sent(browser: Browser, talk: int) -> object:
    return browser.send(talk)


def compared(what: str, few: Callable[[], object], many: Callable[[], object]) -> str:
    """Both in turn, so that whatever else the machine does meets both."""
    times: tuple[list[float], list[float]] = ([], [])
    gc.collect()
    for turn in range(WARM_UP + ROUNDS):
        for ask, taken in zip((few, many), times, strict=True):
            began = time.perf_counter()
            ask()
            if turn >= WARM_UP:
                taken.append(time.perf_counter() - began)
    one, other = (median(taken) * 1000 for taken in times)
    return f"{what:<50} {other / one:.2f} ({other:.1f} ms / {one:.1f} ms; aim: {AIM})"
