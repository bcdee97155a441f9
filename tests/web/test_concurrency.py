"""Turns: how many requests are answered at once, and who takes none."""

import io
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock

import pytest

from linkmsg.web.concurrency import HEARD, ConcurrencyLimit


class Inner:
    """An app that answers when it is let go, and knows how many it was answering at once."""

    def __init__(self) -> None:
        self.go, self.lock = Event(), Lock()
        self.now = self.most = 0

    def __call__(self, environ, _start):
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        assert self.go.wait(10)
        with self.lock:
            self.now -= 1
        return [environ["wsgi.input"].read()]

    def wait_for(self, number: int) -> None:
        for _ in range(1000):
            if self.now == number:
                return
            Event().wait(0.005)
        raise AssertionError(f"{self.now} are answered at once, not {number}")


@pytest.fixture
def inner():
    return Inner()


def request(body: io.RawIOBase | io.BytesIO | None = None, **more: str):
    return {"wsgi.input": body or io.BytesIO(), **more}


def test_no_more_are_answered_at_once_than_there_are_turns(inner):
    turns = ConcurrencyLimit(inner, 2)
    with ThreadPoolExecutor(6) as crowd:
        answers = [crowd.submit(turns, request(), None) for _ in range(6)]
        inner.wait_for(2)
        inner.go.set()
        assert [answer.result(10) for answer in answers] == [[b""]] * 6
    assert inner.most == 2


def test_a_socket_takes_no_turn(inner):
    turns = ConcurrencyLimit(inner, 1)
    with ThreadPoolExecutor(3) as crowd:
        for _ in range(2):
            crowd.submit(turns, request(HTTP_UPGRADE="websocket"), None)
        inner.wait_for(2)
        crowd.submit(turns, request(), None)
        inner.wait_for(3)
        inner.go.set()


class SlowLine(io.RawIOBase):
    """A form that arrives when it is let go."""

    def __init__(self) -> None:
        self.go, self.asked = Event(), Event()

    def read(self, _size: int = -1) -> bytes:
        self.asked.set()
        assert self.go.wait(10)
        return b"body=Hello"


def test_a_form_on_a_slow_line_holds_nobody_up(inner):
    turns, line = ConcurrencyLimit(inner, 1), SlowLine()
    inner.go.set()
    with ThreadPoolExecutor(2) as crowd:
        slow = crowd.submit(turns, request(line, CONTENT_LENGTH="10"), None)
        assert line.asked.wait(10)
        assert crowd.submit(turns, request(), None).result(10) == [b""]
        line.go.set()
        assert slow.result(10) == [b"body=Hello"]


def test_what_is_larger_than_a_form_is_left_to_its_door(inner):
    inner.go.set()
    line = SlowLine()
    line.go.set()
    environ = request(line, CONTENT_LENGTH=str(HEARD + 1))
    ConcurrencyLimit(inner, 1)(environ, None)
    assert environ["wsgi.input"] is line
