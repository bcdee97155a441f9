"""The server's side of a WebSocket: safe writes and an orderly close."""

import contextlib
import socket as sockets
import struct
from threading import Lock
from typing import Any

from simple_websocket import Server

# A reader that takes nothing for so long, in seconds, is gone.
STALLED = 20
CLOSING = 2


def hang_up(ws: Server, code: int | None) -> None:
    """Close with a code, and wait for the other side: a server writes on as soon as we return."""
    with contextlib.suppress(Exception):
        if code and ws.connected:
            ws.close(code)
    ws.thread.join(CLOSING)
    with contextlib.suppress(OSError):
        ws.sock.shutdown(sockets.SHUT_RDWR)
    ws.thread.join(CLOSING)


class Wire:
    """A connection whose writers stand in line and write all of what they write.

    simple-websocket answers pings from its reading thread while frames are sent, and takes a
    short write for a whole one: to a slow reader the two would run into each other.
    """

    def __init__(self, connection: Any) -> None:
        self._connection, self._turn = connection, Lock()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def send(self, data: bytes) -> int:
        """Write all of it, or fail."""
        with self._turn:
            self._connection.sendall(data)
        return len(data)

    @classmethod
    def lay(cls, environ: dict[str, Any]) -> None:
        """Put wires where simple-websocket looks for the connection of a request.

        The compressor is thrown away after each frame (RFC 7692, 7.1.1.1): kept, it would cost
        every socket a quarter of a megabyte.
        """
        wait = struct.pack("ll", STALLED, 0)
        for name in ("werkzeug.socket", "gunicorn.socket"):
            if name in environ:
                environ[name].setsockopt(sockets.SOL_SOCKET, sockets.SO_SNDTIMEO, wait)
                environ[name] = cls(environ[name])
        offer = "HTTP_SEC_WEBSOCKET_EXTENSIONS"
        if "permessage-deflate" in environ.get(offer, ""):
            environ[offer] = "permessage-deflate; server_no_context_takeover"
