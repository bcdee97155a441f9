"""Turns of complete requests, and the pace of new connections."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from linkmsg import clock
from linkmsg.config import Settings
from linkmsg.config_values import networks
from linkmsg.serving import connection_pace, fair_queue
from linkmsg.serving.admission import Admission
from linkmsg.serving.connection_pace import ConnectionPace
from linkmsg.serving.fair_queue import AT_ONCE, MAX_WAITING, FairQueue
from tests.serving.test_connections import Waiting
from tests.support.monotonic_clock import MonotonicClock

ANA, BO = ("session ana", "address 203.0.113.5"), ("session bo", "address 203.0.113.5")
CY = ("visitor 198.51.100.7", "address 198.51.100.7")


class Complete:
    """A connection whose request has been received."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self.keys = keys


@pytest.fixture
def queue() -> Any:
    return FairQueue(16)


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> MonotonicClock:
    stopped = MonotonicClock()
    monkeypatch.setattr(clock, "seconds", stopped)
    return stopped


def add(queue: Any, keys: tuple[str, ...], number: int = 1) -> list[Complete]:
    requests = [Complete(keys) for _ in range(number)]
    for each in requests:
        assert queue.add(each)
    return requests


def run_all(queue: Any) -> list[Complete]:
    """Run what may run, one after the other, until nothing does; return it in its order."""
    order, running = [], queue.take_next()
    while running:
        order.append(running.pop(0))
        queue.remove(order[-1])
        running += queue.take_next()
    return order


def test_requests_of_a_session_run_one_by_one(queue: Any) -> None:
    first, second = add(queue, ANA, 2)
    assert queue.take_next() == [first]
    assert queue.take_next() == []
    assert queue.remove(first)
    assert queue.take_next() == [second]
    assert not queue.remove(second)


def test_nobody_waits_for_all_requests_of_another(queue: Any) -> None:
    anas = add(queue, ANA, 100)
    assert queue.take_next() == anas[:1]
    (bos,) = add(queue, BO)
    (cys,) = add(queue, CY)
    assert queue.take_next() == [bos, cys]


def test_turns_go_round_when_all_are_taken() -> None:
    queue: Any = FairQueue(1)
    anas, bos, cys = add(queue, ANA, 3), add(queue, BO, 2), add(queue, CY)
    assert run_all(queue) == [anas[0], bos[0], cys[0], anas[1], bos[1], anas[2]]


def test_one_address_has_some_turns_at_once(queue: Any) -> None:
    office = [
        add(queue, (f"session {number}", "address 203.0.113.5"))[0]
        for number in range(AT_ONCE["address"] + 1)
    ]
    assert queue.take_next() == office[:-1]
    assert queue.take_next() == []
    (elsewhere,) = add(queue, CY)
    assert queue.take_next() == [elsewhere]
    queue.remove(office[0])
    assert queue.take_next() == office[-1:]


def test_clients_of_a_proxy_without_addresses_do_not_wait(queue: Any) -> None:
    requests = add(queue, (), 16)
    taken = [each for _ in range(16) for each in queue.take_next()]
    assert taken == requests


def test_client_with_too_many_waiting_is_refused(queue: Any) -> None:
    add(queue, ANA, MAX_WAITING)
    assert not queue.add(Complete(ANA))
    assert queue.add(Complete(BO))


def test_closed_connection_gives_its_turn_to_the_next(queue: Any) -> None:
    first, second, third = add(queue, ANA, 3)
    queue.take_next()
    queue.remove(second)
    queue.remove(first)
    assert queue.take_next() == [third]


def test_too_many_requests_wait_for_their_time(queue: Any, seconds: MonotonicClock) -> None:
    spare = 20
    add(queue, ANA, fair_queue.BURST + spare)
    assert len(run_all(queue)) == fair_queue.BURST
    assert seconds() < queue.next_due < seconds() + 1 / fair_queue.PER_SECOND
    add(queue, BO)
    assert len(run_all(queue)) == 1
    seconds.shift(timedelta(seconds=10 / fair_queue.PER_SECOND + 0.001))
    assert len(run_all(queue)) == 10
    seconds.shift(timedelta(seconds=spare / fair_queue.PER_SECOND))
    run_all(queue)
    assert queue.next_due == float("inf")


@pytest.mark.parametrize("address", ["203.0.113.5", "2001:db8:0:7::/64"])
def test_connections_opened_too_fast_are_read_later(address: str) -> None:
    pace: Any = ConnectionPace()
    opened = [pace.is_open(address, 0.0) for _ in range(connection_pace.BURST + 9)]
    assert opened.count(False) == 9
    assert pace.is_open("198.51.100.7", 0.0)
    held = [object() for _ in range(3)]
    assert all(pace.hold(address, each) for each in held)
    assert 0 < pace.next_due(0.0) < 1 / connection_pace.PER_SECOND
    assert list(pace.take_due(0.0)) == []
    assert list(pace.take_due(2.001 / connection_pace.PER_SECOND)) == held[:2]
    assert list(pace.take_due(9.0)) == held[2:]
    assert pace.next_due(9.0) == float("inf")


def test_only_so_many_connections_of_an_address_wait() -> None:
    pace: Any = ConnectionPace()
    results = [pace.hold("203.0.113.5", object()) for _ in range(connection_pace.MAX_HELD + 1)]
    assert results == [True] * connection_pace.MAX_HELD + [False]
    assert pace.hold("198.51.100.7", object())


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.5", "203.0.113.5"),
        ("2001:db8:0:7::1", "2001:db8:0:7::/64"),
        ("127.0.0.1", ""),
        ("::1", ""),
        ("10.1.2.3", ""),
        ("127.0.1.9", "127.0.1.9"),
    ],
)
def test_proxies_and_this_machine_have_no_pace(
    app: Flask, tmp_path: Path, address: str, network: str
) -> None:
    settings = Settings(data_dir=tmp_path, trusted_proxies=networks("10.0.0.0/8"))
    admission: Any = Admission(app, settings)
    assert admission.network(Waiting(address)) == network
