"""The limit of concurrent requests."""

import io
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock

import pytest

from linkmsg.web.concurrency import MAX_BUFFERED_BODY, ConcurrencyLimit


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


@pytest.fixture
def app():
    return CountingApp()


def request(body: io.RawIOBase | io.BytesIO | None = None, **environ: str):
    return {"wsgi.input": body or io.BytesIO(), **environ}


def test_requests_over_the_limit_wait(app):
    limited = ConcurrencyLimit(app, 2)
    with ThreadPoolExecutor(6) as pool:
        responses = [pool.submit(limited, request(), None) for _ in range(6)]
        app.wait_for(2)
        app.go.set()
        assert [each.result(10) for each in responses] == [[b""]] * 6
    assert app.most == 2


def test_websocket_takes_no_slot(app):
    limited = ConcurrencyLimit(app, 1)
    with ThreadPoolExecutor(3) as pool:
        for _ in range(2):
            pool.submit(limited, request(HTTP_UPGRADE="websocket"), None)
        app.wait_for(2)
        pool.submit(limited, request(), None)
        app.wait_for(3)
        app.go.set()


class PausedBody(io.RawIOBase):
    """A request body that arrives when the test allows it."""

    def __init__(self) -> None:
        self.go, self.is_read = Event(), Event()

    def read(self, _size: int = -1) -> bytes:
        self.is_read.set()
        assert self.go.wait(10)
        return b"body=Hello"


def test_slow_form_upload_blocks_nobody(app):
    limited, body = ConcurrencyLimit(app, 1), PausedBody()
    app.go.set()
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(limited, request(body, CONTENT_LENGTH="10"), None)
        assert body.is_read.wait(10)
        assert pool.submit(limited, request(), None).result(10) == [b""]
        body.go.set()
        assert slow.result(10) == [b"body=Hello"]


def test_large_body_is_not_buffered(app):
    app.go.set()
    body = PausedBody()
    body.go.set()
    environ = request(body, CONTENT_LENGTH=str(MAX_BUFFERED_BODY + 1))
    ConcurrencyLimit(app, 1)(environ, None)
    assert environ["wsgi.input"] is body
