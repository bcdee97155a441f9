"""The limit of concurrent requests."""

import io
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock

import pytest
from flask import Flask
from sqlalchemy import select

from linkmsg.db import db
from linkmsg.web.concurrency import MAX_BUFFERED_BODY, ConcurrencyLimit, release_slot


class CountingApp:
    """A WSGI app that waits for the test and counts concurrent requests."""

    def __init__(self) -> None:
        self.go, self.lock = Event(), Lock()
        self.active = self.most = 0

    def __call__(self, environ, _start):
        with self.lock:
            self.active += 1
            self.most = max(self.most, self.active)
        assert self.go.wait(10)
        with self.lock:
            self.active -= 1
        return [environ["wsgi.input"].read()]

    def wait_for(self, number: int) -> None:
        for _ in range(1000):
            if self.active == number:
                return
            Event().wait(0.005)
        raise AssertionError(f"{self.active} requests run at once, not {number}")


@pytest.fixture(name="counting")
def _counting():
    return CountingApp()


def request(body: io.RawIOBase | io.BytesIO | None = None, **environ: str):
    body = body or io.BytesIO()
    return {"wsgi.input": body, "CONTENT_LENGTH": "0", **environ}


def test_requests_over_the_limit_wait(counting):
    limited = ConcurrencyLimit(counting, 2)
    with ThreadPoolExecutor(6) as pool:
        responses = [pool.submit(limited, request(), None) for _ in range(6)]
        counting.wait_for(2)
        counting.go.set()
        assert [each.result(10) for each in responses] == [[b""]] * 6
    assert counting.most == 2


@pytest.mark.parametrize("upgrade", ["x", "websocket"])
def test_websocket_takes_a_slot_until_it_is_open(counting, upgrade):
    limited = ConcurrencyLimit(counting, 1)
    environ = request(HTTP_UPGRADE=upgrade)
    with ThreadPoolExecutor(2) as pool:
        pool.submit(limited, environ, None)
        counting.wait_for(1)
        pool.submit(limited, request(), None)
        assert counting.active == 1
        release_slot(environ)
        counting.wait_for(2)
        counting.go.set()


class PausedBody(io.RawIOBase):
    """A request body that arrives when the test allows it."""

    def __init__(self) -> None:
        self.go, self.is_read = Event(), Event()

    def read(self, _size: int = -1) -> bytes:
        self.is_read.set()
        assert self.go.wait(10)
        return b"body=Hello"


@pytest.mark.parametrize(
    "environ",
    [
        {"CONTENT_LENGTH": "10"},
        {"CONTENT_LENGTH": str(MAX_BUFFERED_BODY + 1)},
        {"HTTP_TRANSFER_ENCODING": "chunked"},
        {"CONTENT_LENGTH": "10", "CONTENT_TYPE": "multipart/form-data"},
        {"CONTENT_LENGTH": "10", "HTTP_UPGRADE": "x"},
        {"CONTENT_LENGTH": "10", "REQUEST_METHOD": "GET"},
    ],
    ids=str,
)
def test_slow_body_takes_no_slot(counting, environ):
    limited, body = ConcurrencyLimit(counting, 1), PausedBody()
    counting.go.set()
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(limited, request(body, **environ), None)
        assert body.is_read.wait(10)
        assert pool.submit(limited, request(), None).result(10) == [b""]
        body.go.set()
        assert slow.result(10) == [b"body=Hello"]


def test_large_body_is_not_buffered(counting):
    counting.go.set()
    body = PausedBody()
    body.go.set()
    environ = request(body, CONTENT_LENGTH=str(MAX_BUFFERED_BODY + 1))
    read_before = []
    limited = ConcurrencyLimit(lambda *_: read_before.append(body.is_read.is_set()) or [], 1)
    limited(environ, None)
    assert read_before == [False]


def test_reading_a_body_gives_the_database_connection_back(inside: Flask):
    class Body(PausedBody):
        def read(self, _size: int = -1) -> bytes:
            busy.append(db.engine.pool.checkedout())
            return b"a=b"

    def reading(environ, _start):
        db.session.execute(select(1))
        busy.append(db.engine.pool.checkedout())
        return [environ["wsgi.input"].read()]

    busy: list[int] = []
    length = str(MAX_BUFFERED_BODY + 1)
    assert ConcurrencyLimit(reading, 1)(request(Body(), CONTENT_LENGTH=length), None) == [b"a=b"]
    assert busy == [1, 0]
