"""Browsers as a server sees them, thousands in one loop: tabs that listen, and posts."""

import re
import socket
import struct
import time
import zlib
from collections.abc import Callable
from selectors import EVENT_READ, DefaultSelector

from bench.server import HOST

Hear = Callable[[bytes, float], None]
PONG = bytes([0x8A, 0x80, 0, 0, 0, 0])  # with a mask that changes nothing
COMPRESSED = 0x40
# gunicorn hangs up on who said nothing for 15 seconds.
KEPT = 10.0


class Loop:
    """All connections of this process; whoever has something to read is told when it came."""

    def __init__(self) -> None:
        self.selector = DefaultSelector()

    def turn(self, timeout: float) -> None:
        for key, _ in self.selector.select(max(timeout, 0)):
            key.data.ready(time.perf_counter())

    def connect(self, who: "Tab | Caller", port: int) -> socket.socket:
        connection = socket.create_connection((HOST, port), timeout=30)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setblocking(False)
        self.selector.register(connection, EVENT_READ, who)
        return connection

    def forget(self, connection: socket.socket) -> None:
        self.selector.unregister(connection)
        connection.close()


def read(connection: socket.socket) -> bytes:
    """What there is; nothing once the other side has ended it."""
    try:
        return connection.recv(65536)
    except BlockingIOError:
        raise
    except OSError:
        return b""


class Tab:
    """A page's socket: it answers pings and hands on what comes down."""

    def __init__(self, loop: Loop, port: int, cookie: str, snapshot: str, hear: Hear) -> None:
        self.loop, self.hear = loop, hear
        self.buffer = b""
        self.is_open, self.answer, self.ended_by = False, 0, 0
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
            data = read(self.connection)
        except BlockingIOError:
            return
        if not data:
            self._end()
            return
        self.buffer += data
        if not self.answer and b"\r\n\r\n" in self.buffer:
            self._greet()
        if self.is_open:
            self._take_frames(now)

    def _greet(self) -> None:
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        self.answer = int(head.split(b" ", 2)[1])
        self.is_open = self.answer == 101
        if self.is_open and b"server_no_context_takeover" not in head:
            self._inflater = zlib.decompressobj(-15)

    def _take_frames(self, now: float) -> None:
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
            self._take(first, payload, now)

    def _take(self, first: int, payload: bytes, now: float) -> None:
        match first & 0x0F:
            case 0x1:
                assert first & 0x80, "a frame came in parts"
                self.hear(self._inflate(payload) if first & COMPRESSED else payload, now)
            case 0x9:
                assert not payload, "a ping that says something"
                self.connection.send(PONG)
            case 0x8:
                self.ended_by = struct.unpack_from("!H", payload)[0] if payload else 1005

    def _inflate(self, payload: bytes) -> bytes:
        inflater = self._inflater or zlib.decompressobj(-15)
        return inflater.decompress(payload + b"\x00\x00\xff\xff")

    def _end(self) -> None:
        self.is_open = False
        self.answer = self.answer or -1
        self.loop.forget(self.connection)


class Caller:
    """A connection that is kept open for posts; one answer is waited for at a time."""

    def __init__(self, loop: Loop, port: int, done: Callable[["Caller", int, float], None]) -> None:
        self.loop, self.done = loop, done
        self.is_busy, self.is_gone, self.used = False, False, time.perf_counter()
        self.number = 0
        self.buffer = b""
        self.connection = loop.connect(self, port)

    @property
    def is_kept(self) -> bool:
        return not self.is_gone and time.perf_counter() - self.used < KEPT

    def ask(self, number: int, request: bytes) -> None:
        self.is_busy, self.number, self.buffer = True, number, b""
        self.connection.sendall(request)

    def ready(self, now: float) -> None:
        try:
            data = read(self.connection)
        except BlockingIOError:
            return
        self.buffer += data
        if not data:
            self.hang_up()
            if self.is_busy:
                self._answered(0, now)
        elif self._is_whole():
            self._answered(int(self.buffer.split(b" ", 2)[1]), now)

    def hang_up(self) -> None:
        if not self.is_gone:
            self.is_gone = True
            self.loop.forget(self.connection)

    def _is_whole(self) -> bool:
        head, end, body = self.buffer.partition(b"\r\n\r\n")
        if not end:
            return False
        if told := re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE):
            return len(body) >= int(told[1])
        return body.endswith(b"0\r\n\r\n")

    def _answered(self, status: int, now: float) -> None:
        self.is_busy, self.used = False, now
        self.done(self, status, now)
