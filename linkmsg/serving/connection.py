"""One client connection: what arrived of its request, and what is still to be sent to it."""

import selectors
import socket
from collections.abc import Callable
from contextlib import suppress
from enum import Enum, auto
from pathlib import Path
from typing import Any

from gunicorn.http.body import ChunkedReader
from gunicorn.http.errors import LimitRequestHeaders, ParseException
from gunicorn.http.message import Request

from linkmsg import clock
from linkmsg.serving.pace import (
    HEAD_SECONDS,
    IDLE_SECONDS,
    LINGER_SECONDS,
    QUEUE_SECONDS,
    Pace,
)
from linkmsg.serving.received import ChunkedBody, ReceivedBytes
from linkmsg.serving.response_socket import ResponseSocket

# Bytes of the head of a request, and of a body that is received before a thread sees it. The
# forms that are larger have files, which a thread stores while they arrive.
MAX_HEAD, MAX_BODY = 32 * 1024, 1024 * 1024


class State(Enum):
    """What a connection is doing."""

    IDLE = auto()  # between two requests
    HEAD = auto()  # receiving the head of a request
    BODY = auto()  # receiving the body
    QUEUED = auto()  # waiting for its turn
    RUNNING = auto()  # in a thread
    SENDING = auto()  # waiting for the client to read the response
    LINGERING = auto()  # waiting for the client to close


SECONDS = {
    State.IDLE: IDLE_SECONDS,
    State.HEAD: HEAD_SECONDS,
    State.QUEUED: QUEUE_SECONDS,
    State.LINGERING: LINGER_SECONDS,
}


class ClientConnection:
    """A connection of a client, which sends one request after another."""

    def __init__(
        self, connection: socket.socket, client: Any, cfg: Any, folder: Path, reserve: int = 0
    ) -> None:
        connection.setblocking(False)
        self.raw, self.client, self.server = connection, client, connection.getsockname()
        self.sock = ResponseSocket(connection, folder, reserve)
        self.request: Any = None
        self.watched = 0  # the events that the worker's poller reports
        self.keep_alive = False
        self.keys: tuple[str, ...] = ()
        self._cfg, self._folder = cfg, folder
        self._head, self._searched, self._count = b"", 0, 0
        self._bytes: ReceivedBytes | None = None
        self._chunks: ChunkedBody | None = None
        self._missing = self._received = 0
        self.enter(State.IDLE)

    def enter(self, state: State) -> None:
        """Begin a state; its time limit starts now."""
        self.state, self.since, self._pace = state, clock.seconds(), Pace()

    def is_late(self, now: float) -> bool:
        """Return whether the client is too slow in the current state."""
        if self.state is State.BODY:
            return self._pace.is_too_slow(self._received, now)
        if self.state is State.SENDING:
            return self._pace.is_too_slow(self.sock.taken(), now)
        return now - self.since > SECONDS.get(self.state, float("inf"))

    def feed(self, data: bytes) -> None:
        """Take the next bytes of a request.

        Raises:
            ParseException: They are not HTTP.
            OSError: There is no space to keep them.
        """
        if self._bytes is not None:
            self._receive_body(data)
            self._bytes.append(data)
            return
        self._head += data
        if self.state is State.IDLE and self._head:
            self.enter(State.HEAD)
        end, self._searched = (
            self._head.find(b"\r\n\r\n", max(0, self._searched)),
            len(self._head) - 3,
        )
        if end >= 0:
            self._parse_head()
        elif len(self._head) > MAX_HEAD:
            raise LimitRequestHeaders("the head is too large")

    @property
    def is_complete(self) -> bool:
        """Return whether the whole request has been received."""
        if self.request is None:
            return False
        return self._chunks.is_complete if self._chunks else self._missing <= 0

    @property
    def is_large(self) -> bool:
        """Return whether the body is larger than what is received before a thread sees it."""
        return not self.is_complete and max(self._missing, 0) + self._received > MAX_BODY

    def start_reading(self, end_turn: Callable[[], None]) -> None:
        """Let a thread read the request, and the rest of a large body from the socket.

        Args:
            end_turn: What the app calls when others of this client may run.
        """
        if self._bytes is not None:
            self._bytes.start_reading(None if self.is_complete else self.raw)
            self.sock.read_early = self._bytes.take_rest
        if not self.is_complete:
            self.request.force_close()  # what follows a body that is refused is unknown
        self.request.body.is_received = self.is_complete
        self.request.body.end_turn = end_turn
        self.enter(State.RUNNING)

    def finish_request(self, *, keep_alive: bool) -> None:
        """Forget the request; bytes behind it begin the next one."""
        if self._bytes is not None:
            is_usable = self.is_complete and not self.sock.is_taken
            self.keep_alive = keep_alive and is_usable and self._skip_body()
            self._head = self._bytes.take_rest() if self.keep_alive else b""
            self._bytes.close()
        self.request = self._bytes = self._chunks = None
        self._missing = self._received = self._searched = 0

    def watch(
        self, poller: selectors.BaseSelector, events: int, notify: Callable[..., None]
    ) -> None:
        """Let a poller report these events of the connection, or none; it calls `notify`."""
        if events == self.watched:
            return
        if not events:
            poller.unregister(self.raw)
        elif self.watched:
            poller.modify(self.raw, events, notify)
        else:
            poller.register(self.raw, events, notify)
        self.watched = events

    def close(self) -> None:
        """Close the connection and its files; this never fails."""
        if self._bytes is not None:
            self._bytes.close()
        self.sock.close_files()
        with suppress(OSError):
            self.raw.close()

    def _parse_head(self) -> None:
        self._bytes, self._head = ReceivedBytes(self._head, self._folder), b""
        self._count += 1
        self.request = Request(self._cfg, self._bytes, self.client, self._count)
        self.enter(State.BODY)
        reader, body = self.request.body.reader, self._bytes.leftover
        if isinstance(reader, ChunkedReader):
            self._chunks = ChunkedBody()
        else:
            self._missing = reader.length
        self._receive_body(body)
        if not (self.is_complete or self.is_large):
            self._send_continue()

    def _send_continue(self) -> None:
        """Ask for a body whose client waits to be asked (RFC 9110, 10.1.1)."""
        if self.request._expected_100_continue:  # noqa: SLF001
            self.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.request._expected_100_continue = False  # noqa: SLF001  (gunicorn would do it again)

    def _receive_body(self, data: bytes) -> None:
        self._received += len(data)
        if self._chunks:
            self._chunks.feed(data)
        else:
            self._missing -= len(data)

    def _skip_body(self) -> bool:
        """Skip what the app did not read of a received body; return whether that worked."""
        try:
            while self.request.body.read(MAX_BODY):
                pass
        except (ParseException, OSError, ValueError):
            return False
        return not self.request.body.failed
