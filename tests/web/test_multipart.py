"""The multipart parser with concurrent and slow forms."""

import io
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Lock

from werkzeug.datastructures import MultiDict

from linkmsg.web import multipart
from tests.support import upload_requests


class CountingTarget:
    """A file target that counts bytes and concurrent writes."""

    def __init__(self) -> None:
        self.lock, self.active, self.most, self.size = Lock(), 0, 0, 0

    def write(self, data: bytes) -> None:
        with self.lock:
            self.active += 1
            self.most = max(self.most, self.active)
        Event().wait(0.002)  # gives other threads time to write at once
        with self.lock:
            self.active -= 1
            self.size += len(data)

    @contextmanager
    def open(self, _field: str, _name: str):
        yield self


class PausedStream(io.BytesIO):
    """A form whose data arrives when the test allows it."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.go, self.is_read = Event(), Event()

    def read(self, size=-1):
        self.is_read.set()
        assert self.go.wait(10)
        return super().read(size)


def form(size: int) -> bytes:
    return upload_requests.multipart({}, ("film.bin", bytes(size)))["data"]


def read(stream: io.BytesIO, target: CountingTarget) -> None:
    multipart.read(stream, "b", MultiDict(), target.open)


def test_concurrent_forms_are_written_one_chunk_at_a_time():
    body = form(10 * multipart.CHUNK)
    target = CountingTarget()
    with ThreadPoolExecutor(4) as pool:
        reads = [pool.submit(read, io.BytesIO(body), target) for _ in range(4)]
        for each in reads:
            each.result(20)
    assert (target.most, target.size) == (1, 40 * multipart.CHUNK)


def test_slow_form_does_not_block_another():
    body = form(1000)
    slow, target = PausedStream(body), CountingTarget()
    with ThreadPoolExecutor(2) as pool:
        waiting = pool.submit(read, slow, target)
        assert slow.is_read.wait(10)
        pool.submit(read, io.BytesIO(body), target).result(10)
        slow.go.set()
        waiting.result(10)
    assert target.size == 2000


def wait_for_queue(lock: multipart.FairLock, length: int) -> None:
    for _ in range(2000):
        if lock.queue_length == length:
            return
        Event().wait(0.005)
    raise AssertionError(f"{lock.queue_length} threads wait, not {length}")


def test_fair_lock_serves_threads_in_order():
    lock, order = multipart.FairLock(), []

    def take_turns(number: int) -> None:
        for turn in range(3):
            with lock:
                order.append(number)
                if turn < 2:
                    wait_for_queue(lock, 3)  # the others, also the one that has just had its turn

    with ThreadPoolExecutor(4) as pool:
        with lock:
            turns = []
            for number in range(4):
                turns.append(pool.submit(take_turns, number))
                wait_for_queue(lock, number + 1)
        for each in turns:
            each.result(20)
    assert order == [0, 1, 2, 3] * 3
