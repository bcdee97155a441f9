"""The counters of the rate limits: how much they remember, and by which clock."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from linkmsg.web import rate_limit_storage
from linkmsg.web.rate_limit_storage import ExpiringStates, GrowingWait, MovingWindow


@pytest.mark.parametrize("days", [-400, -1, 1, 400])
def test_limits_ignore_a_jump_of_the_system_clock(clock, days):
    window, growing = MovingWindow(1, 60), GrowingWait(1, 60)
    for each in (window, growing):
        each.count("ana")
    with time_machine.travel(datetime.now(UTC) + timedelta(days=days), tick=False):
        assert (window.wait("ana"), growing.wait("ana")) == (60, 30)
    clock.shift(timedelta(seconds=60))
    assert (window.wait("ana"), growing.wait("ana")) == (0, 0)


def test_flood_of_keys_drops_the_least_recently_used(clock, monkeypatch):
    monkeypatch.setattr(rate_limit_storage, "CAPACITY", 100)
    window = MovingWindow(1, 60)
    window.count("guessed all the time")
    for number in range(10_000):
        assert window.hit(f"192.0.2.{number}") == 0
        assert window.wait("guessed all the time") == 60
        assert len(window) <= 100


def test_expired_counters_use_no_memory(clock):
    window = MovingWindow(5, 60)
    for number in range(1000):
        window.hit(f"192.0.2.{number}")
        clock.shift(timedelta(seconds=1))
    assert len(window) == 60
    clock.shift(timedelta(seconds=60))
    window.hit("last")
    assert len(window) == 1


def test_unused_state_starts_again_after_its_lifetime(clock):
    states = ExpiringStates(list, 60)
    states.get("ana").append(1)
    clock.shift(timedelta(seconds=59))
    assert states.get("ana") == [1]
    clock.shift(timedelta(seconds=60))
    assert states.get("ana") == []


def test_window_allows_an_event_when_the_oldest_leaves(clock):
    window = MovingWindow(2, 60)
    assert window.hit("ana") == 0
    clock.shift(timedelta(seconds=20))
    assert [window.hit("ana"), window.hit("ana"), window.hit("bo")] == [0, 40, 0]
    clock.shift(timedelta(seconds=40))
    assert [window.hit("ana"), window.hit("ana")] == [0, 20]
    window.undo("ana")
    assert window.wait("ana") == 0
