"""HTTP as bytes on a socket, for requests that no client library would send."""

import socket
from collections.abc import Iterable
from contextlib import suppress

# Seconds. No answer takes that long, not even on a very busy machine.
LONG = 300


class RawClient:
    """A connection to a server, to send parts of requests."""

    def __init__(self, port: int, data: bytes = b"", *, receive_buffer: int = 0) -> None:
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(LONG)
        self.socket.connect(("127.0.0.1", port))
        self.send(data)

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def read(self) -> bytes:
        """Return everything until the server closes the connection."""
        parts = []
        with self.socket, suppress(ConnectionResetError):
            while data := self.socket.recv(1 << 16):
                parts.append(data)
        return b"".join(parts)

    def read_until(self, end: bytes) -> bytes:
        """Return what the server sends, up to `end`."""
        data = b""
        while not data.endswith(end):
            more = self.socket.recv(1)
            assert more, data
            data += more
        return data

    def is_open(self) -> bool:
        """Return whether the server has neither sent anything nor closed the connection."""
        self.socket.setblocking(False)
        try:
            self.socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except ConnectionResetError:
            return False
        else:
            return False
        finally:
            self.socket.settimeout(LONG)

    def close(self) -> None:
        self.socket.close()


def request(line: str, *headers: str, body: bytes = b"") -> bytes:
    """Return a request with a Host header, and these headers and body."""
    head = "".join(f"{each}\r\n" for each in (f"{line} HTTP/1.1", "Host: localhost", *headers))
    return f"{head}\r\n".encode("latin1") + body


def status_of(port: int, data: bytes) -> int:
    """Send a request, wait for its response, and return its status."""
    client = RawClient(port, data)
    try:
        return int(client.read_until(b"\r\n").split()[1])
    finally:
        client.close()


def close_all(clients: Iterable[RawClient]) -> None:
    for each in clients:
        each.close()


def free_port() -> int:
    """Return a port that is not in use."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
