"""Turns go round by member, and each member has one at a time."""

from collections.abc import Callable
from threading import Event, Thread

import pytest

from linkmsg.storage.fair_turns import FairTurns
from tests.support.concurrency import wait_until

ANA, BO, CY = 1, 2, 3
# Seconds. Nothing waits that long, not even on a very busy machine.
LONG = 300


class TurnHolder(Thread):
    """Takes a turn of a member, notes it, and ends it when `done` is set."""

    def __init__(self, turns: FairTurns, member: int, log: list[int]) -> None:
        super().__init__(daemon=True)
        self.turns, self.member, self.log = turns, member, log
        self.has_turn, self.done = Event(), Event()
        self.start()

    def run(self) -> None:
        with self.turns.turn(self.member, LONG):
            self.log.append(self.member)
            self.has_turn.set()
            self.done.wait(LONG)


def queue(turns: FairTurns, log: list[int]) -> Callable[[int], TurnHolder]:
    """Return a function that lets a member wait for a turn behind all others."""

    def add(member: int) -> TurnHolder:
        before = turns.count_waiting(member)
        worker = TurnHolder(turns, member, log)
        wait_until(lambda: worker.has_turn.is_set() or turns.count_waiting(member) > before)
        return worker

    return add


def finish(workers: list[TurnHolder]) -> None:
    """End all turns, one after the other as they come."""
    waiting = list(workers)
    while waiting:
        wait_until(lambda: any(each.has_turn.is_set() for each in waiting))
        ready = next(each for each in waiting if each.has_turn.is_set())
        waiting.remove(ready)
        ready.done.set()
        ready.join(LONG)


def test_turns_go_round_by_member():
    log: list[int] = []
    add = queue(FairTurns(1), log)
    finish([add(each) for each in [ANA] * 4 + [BO] * 2 + [CY]])
    assert log == [ANA, BO, CY, ANA, BO, ANA, ANA]


def test_many_turns_of_one_member_leave_a_worker_free():
    log: list[int] = []
    add = queue(FairTurns(2), log)
    anas = [add(ANA) for _ in range(20)]
    bos = add(BO)
    assert bos.has_turn.is_set()
    assert log == [ANA, BO]
    finish([*anas, bos])
    assert log == [ANA, BO, *[ANA] * 19]


def test_wait_that_takes_too_long_ends_and_leaves_no_gap():
    log: list[int] = []
    turns = FairTurns(1)
    add = queue(turns, log)
    first = add(ANA)
    for member in (ANA, BO):
        with pytest.raises(TimeoutError), turns.turn(member, 0):
            log.append(CY)
    cys = add(CY)
    finish([first, cys, add(BO)])
    assert log == [ANA, CY, BO]


def test_turn_ends_after_an_error():
    turns = FairTurns(1)
    with pytest.raises(ZeroDivisionError), turns.turn(ANA, LONG):
        raise ZeroDivisionError
    with turns.turn(BO, LONG):
        assert turns.count_waiting(BO) == 0
