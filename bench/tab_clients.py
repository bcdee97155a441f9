"""Simulate thousands of browser tabs in one event loop: their WebSockets, and their posts."""

import re
import socket
import struct
import time
import zlib
from collections.abc import Callable
from selectors import EVENT_READ, DefaultSelector

from bench.server_process import HOST

OnFrame = Callable[[bytes, float], None]
PONG_FRAME = bytes([0x8A, 0x80, 0, 0, 0, 0])  # with a mask of zeros
COMPRESSED_BIT = 0x40
# Seconds; gunicorn closes a connection that was idle for 15.
KEEP_ALIVE = 10.0


class EventLoop:
    """All connections of this process; `turn` calls those that have something to read."""

    def __init__(self) -> None:
        self.selector = DefaultSelector()

    def turn(self, timeout: float) -> None:
        for key, _ in self.selector.select(max(timeout, 0)):
            key.data.ready(time.perf_counter())

    def connect(self, owner: "TabClient | PostClient", port: int) -> socket.socket:
        connection = socket.create_connection((HOST, port), timeout=30)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setblocking(False)
        self.selector.register(connection, EVENT_READ, owner)
        return connection

    def close(self, connection: socket.socket) -> None:
        self.selector.unregister(connection)
        connection.close()


def read_available(connection: socket.socket) -> bytes:
    """Return the bytes that have arrived; b"" if the server has closed the connection.

    Raises:
        BlockingIOError: nothing has arrived.
    """
    try:
        return connection.recv(65536)
    except BlockingIOError:
        raise
    except OSError:
        return b""


class TabClient:
    """The WebSocket of a page: answers pings, and calls `on_frame` with each text and its time."""

    def __init__(
        self, loop: EventLoop, port: int, cookie: str, snapshot: str, on_frame: OnFrame
    ) -> None:
        self.loop, self.on_frame = loop, on_frame
        self.buffer = b""
        self.is_open, self.status, self.close_code = False, 0, 0
        self._inflater: zlib._Decompress | None = None
        self.connection = loop.connect(self, port)
        self.connection.sendall(
            f"GET /live?snapshot={snapshot}&tab=bench&looking=1 HTTP/1.1\r\n"
            f"Host: {HOST}:{port}\r\nOrigin: http://{HOST}:{port}\r\n"
            f"Connection: Upgrade\r\nUpgrade: websocket\r\nCookie: {cookie}\r\n"
            "User-Agent: Mozilla/5.0 Firefox/150.0\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n".encode()
        )

    def ready(self, now: float) -> None:
        try:
            data = read_available(self.connection)
        except BlockingIOError:
            return
        if not data:
            self._end()
            return
        self.buffer += data
        if not self.status and b"\r\n\r\n" in self.buffer:
            self._read_upgrade()
        if self.is_open:
            self._read_frames(now)

    def _read_upgrade(self) -> None:
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        self.status = int(head.split(b" ", 2)[1])
        self.is_open = self.status == 101
        if self.is_open and b"server_no_context_takeover" not in head:
            self._inflater = zlib.decompressobj(-15)

    def _read_frames(self, now: float) -> None:
        while len(self.buffer) >= 2:
            start, length = 2, self.buffer[1] & 0x7F
            if length >= 126:
                start, form = (4, "!H") if length == 126 else (10, "!Q")
                if len(self.buffer) < start:
                    return
                length = struct.unpack_from(form, self.buffer, 2)[0]
            if len(self.buffer) < start + length:
                return
            first, payload = self.buffer[0], self.buffer[start : start + length]
            self.buffer = self.buffer[start + length :]
            self._receive(first, payload, now)

    def _receive(self, first: int, payload: bytes, now: float) -> None:
        match first & 0x0F:
            case 0x1:
                assert first & 0x80, "a frame was fragmented"
                self.on_frame(self._inflate(payload) if first & COMPRESSED_BIT else payload, now)
            case 0x9:
                assert not payload, "a ping had a payload"
                self.connection.send(PONG_FRAME)
            case 0x8:
                self.close_code = struct.unpack_from("!H", payload)[0] if payload else 1005

    def _inflate(self, payload: bytes) -> bytes:
        inflater = self._inflater or zlib.decompressobj(-15)
        return inflater.decompress(payload + b"\x00\x00\xff\xff")

    def _end(self) -> None:
        self.is_open = False
        self.status = self.status or -1
        self.loop.close(self.connection)


class PostClient:
    """An HTTP connection for POST requests, one at a time; it calls `on_answer` with the status."""

    def __init__(
        self, loop: EventLoop, port: int, on_answer: Callable[["PostClient", int, float], None]
    ) -> None:
        self.loop, self.on_answer = loop, on_answer
        self.is_busy, self.is_closed, self.used_at = False, False, time.perf_counter()
        self.number = 0
        self.buffer = b""
        self.connection = loop.connect(self, port)

    @property
    def is_reusable(self) -> bool:
        return not self.is_closed and time.perf_counter() - self.used_at < KEEP_ALIVE

    def send(self, number: int, request: bytes) -> None:
        self.is_busy, self.number, self.buffer = True, number, b""
        self.connection.sendall(request)

    def ready(self, now: float) -> None:
        try:
            data = read_available(self.connection)
        except BlockingIOError:
            return
        self.buffer += data
        if not data:
            self.close()
            if self.is_busy:
                self._finish(0, now)
        elif self._is_complete():
            self._finish(int(self.buffer.split(b" ", 2)[1]), now)

    def close(self) -> None:
        if not self.is_closed:
            self.is_closed = True
            self.loop.close(self.connection)

    def _is_complete(self) -> bool:
        head, end, body = self.buffer.partition(b"\r\n\r\n")
        if not end:
            return False
        if length := re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE):
            return len(body) >= int(length[1])
        return body.endswith(b"0\r\n\r\n")

    def _finish(self, status: int, now: float) -> None:
        self.is_busy, self.used_at = False, now
        self.on_answer(self, status, now)
