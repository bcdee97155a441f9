"""The server side of a WebSocket: complete writes and an orderly close."""

import contextlib
import socket as sockets
import struct
from threading import Lock
from typing import Any

from simple_websocket import Server

# Seconds after which a client that reads nothing counts as gone, and to wait for a close frame.
SEND_TIMEOUT = 20
CLOSE_TIMEOUT = 2


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
    """A socket that writes one whole frame at a time.

    simple-websocket answers pings from its reading thread while another sends frames, and it
    ignores short writes: to a slow client the two would mix.
    """

    def __init__(self, connection: Any) -> None:
        self._connection, self._lock = connection, Lock()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def send(self, data: bytes) -> int:
        """Write all of `data`, or raise OSError."""
        with self._lock:
            self._connection.sendall(data)
        return len(data)

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
                if hasattr(connection, "take"):  # linkmsg.serving.response_socket
                    connection = connection.take()
                connection.setsockopt(sockets.SOL_SOCKET, sockets.SO_SNDTIMEO, timeout)
                environ[name] = cls(connection)
        offer = "HTTP_SEC_WEBSOCKET_EXTENSIONS"
        if "permessage-deflate" in environ.get(offer, ""):
            environ[offer] = "permessage-deflate; server_no_context_takeover"
