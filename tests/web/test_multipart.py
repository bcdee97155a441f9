"""Forms with files that come at once: how they are taken in."""

import io
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Lock

from werkzeug.datastructures import MultiDict

from linkmsg.web import multipart
from tests.support import upload_requests


class Sink:
    """Takes files, and knows how many were written to at once."""

    def __init__(self) -> None:
        self.lock, self.now, self.most, self.size = Lock(), 0, 0, 0

    def write(self, data: bytes) -> None:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        Event().wait(0.002)
        with self.lock:
            self.now -= 1
            self.size += len(data)

    @contextmanager
    def begin(self, _field: str, _name: str):
        yield self


class Stopped(io.BytesIO):
    """A form that comes when it is let go."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.go, self.asked = Event(), Event()

    def read(self, size=-1):
        self.asked.set()
        assert self.go.wait(10)
        return super().read(size)


def form(size: int) -> bytes:
    return upload_requests.multipart({}, ("film.bin", bytes(size)))["data"]


def read(stream: io.BytesIO, sink: Sink) -> None:
    multipart.read(stream, "b", MultiDict(), sink.begin)


def test_of_forms_that_come_at_once_one_piece_is_taken_in_after_the_other():
    body = form(10 * multipart.PIECE)
    sink = Sink()
    with ThreadPoolExecutor(4) as crowd:
        done = [crowd.submit(read, io.BytesIO(body), sink) for _ in range(4)]
        for each in done:
            each.result(20)
    assert (sink.most, sink.size) == (1, 40 * multipart.PIECE)


def test_a_form_on_a_slow_line_holds_up_no_other():
    body = form(1000)
    slow, sink = Stopped(body), Sink()
    with ThreadPoolExecutor(2) as crowd:
        waiting = crowd.submit(read, slow, sink)
        assert slow.asked.wait(10)
        crowd.submit(read, io.BytesIO(body), sink).result(10)
        slow.go.set()
        waiting.result(10)
    assert sink.size == 2000


def test_in_line_everybody_comes_after_those_who_came_before():
    line, order = multipart.FairLock(), []
    came = [Event() for _ in range(4)]

    def stand(number: int) -> None:
        for _ in range(3):
            came[number].set()
            with line:
                order.append(number)
                Event().wait(0.01)

    with ThreadPoolExecutor(4) as crowd, line:
        for number in range(4):
            crowd.submit(stand, number)
            assert came[number].wait(10)
            Event().wait(0.05)
    assert order == [0, 1, 2, 3] * 3
