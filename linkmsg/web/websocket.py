"""The server side of a WebSocket: complete writes and an orderly close."""

import contextlib
import socket as sockets
import struct
from collections.abc import Callable, Iterator
from threading import Lock, Thread
from typing import Any, cast

from simple_websocket import Server
from wsproto.events import CloseConnection, Event
from wsproto.frame_protocol import CloseReason

from linkmsg import clock

# Seconds after which a client that reads nothing counts as gone, and to wait for a close frame.
SEND_TIMEOUT = 20
CLOSE_TIMEOUT = 2
# A page says next to nothing: it answers a ping every 25 seconds. More than so many frames or reads
# in so many seconds come from something else.
MAX_RECEIVED, PACE_SECONDS = 30, 10.0


def close_socket(ws: Server, code: int | None) -> None:
    """Close a WebSocket, with a code if there is one, and wait for its reading thread to end.

    The wait matters: the server writes to the socket as soon as the handler returns.
    """
    with contextlib.suppress(Exception):
        if code and ws.connected:
            ws.close(code)
    ws.thread.join(CLOSE_TIMEOUT)
    with contextlib.suppress(OSError):
        ws.sock.shutdown(sockets.SHUT_RDWR)
    ws.thread.join(CLOSE_TIMEOUT)


class LockedSocket:
    """A socket that writes one whole frame at a time, and that only the server closes.

    simple-websocket answers pings from its reading thread while another sends frames, and it
    ignores short writes: to a slow client the two would mix.
    """

    def __init__(self, connection: Any, early: bytes = b"") -> None:
        self._connection, self._lock = connection, Lock()
        self.early = early  # what arrived together with the request

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def send(self, data: bytes) -> int:
        """Write all of `data`, or raise OSError."""
        with self._lock:
            self._connection.sendall(data)
        return len(data)

    def close(self) -> None:
        """Shut the connection down, and leave it to the server to close the socket.

        simple-websocket's reading thread calls this at its end. The server may watch the socket by
        then, and the number of a closed one would soon be that of another connection.
        """
        with contextlib.suppress(OSError):
            self._connection.shutdown(sockets.SHUT_RDWR)

    @classmethod
    def install(cls, environ: dict[str, Any]) -> None:
        """Wrap the socket of a WSGI request, in the place where simple-websocket looks for it.

        It also makes compression start afresh with each frame (RFC 7692, 7.1.1.1), because its
        state would take a quarter of a megabyte for each connection.
        """
        timeout = struct.pack("ll", SEND_TIMEOUT, 0)
        for name in ("werkzeug.socket", "gunicorn.socket"):
            if name in environ:
                connection = environ[name]
                early = b""
                if hasattr(connection, "take"):  # linkmsg.serving.response_socket
                    connection, early = connection.take(), connection.read_early()
                connection.setsockopt(sockets.SOL_SOCKET, sockets.SO_SNDTIMEO, timeout)
                environ[name] = cls(connection, early)
        offer = "HTTP_SEC_WEBSOCKET_EXTENSIONS"
        if "permessage-deflate" in environ.get(offer, ""):
            environ[offer] = "permessage-deflate; server_no_context_takeover"


class TooManyFrames(OSError):
    """Raised to end the thread that reads a WebSocket, because its browser sends too much."""


class PacedProtocol:
    """The protocol object of a WebSocket, which parses no more than a page has reason to send.

    It counts every frame: data, fragments, pings and pongs; and every read, for parts of frames.
    Beyond MAX_RECEIVED in PACE_SECONDS it sends the close frame itself and parses nothing more.
    """

    def __init__(self, server: Server) -> None:
        self._protocol, self._socket = server.ws, server.sock
        self._received, self._began_at = 0, clock.seconds()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._protocol, name)

    def events(self) -> Iterator[Event]:
        """Yield the events of what was read, which are parsed one after the other.

        Raises:
            TooManyFrames: The browser sends too much; it is told so.
        """
        self._count()
        for number, event in enumerate(self._protocol.events()):
            if number:
                self._count()
            yield event

    def _count(self) -> None:
        now = clock.seconds()
        if now - self._began_at >= PACE_SECONDS:
            self._received, self._began_at = 0, now
        self._received += 1
        if self._received > MAX_RECEIVED:
            self._socket.send(self._protocol.send(CloseConnection(CloseReason.POLICY_VIOLATION)))
            raise TooManyFrames


def reading_thread(target: Callable[[], None]) -> Thread:
    """Return the thread in which simple-websocket reads a WebSocket, from the first byte paced."""
    server = cast(Any, target).__self__
    server.ws = PacedProtocol(server)
    return Thread(target=_read, args=[server, target])


def _read(server: Any, target: Callable[[], None]) -> None:
    """Read what arrived together with the request, and then the socket."""
    if early := getattr(server.sock, "early", b""):
        server.ws.receive_data(early)
        try:
            server.connected = server._handle_events()  # noqa: SLF001  (as its own thread does)
        except OSError:
            server.connected = False
    target()
