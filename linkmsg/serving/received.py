"""The bytes of one request: received without blocking, then read by gunicorn's parser."""

import re
import socket
from contextlib import suppress
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO

from gunicorn.http.body import CHUNK_EXT_RE
from gunicorn.http.errors import InvalidChunkSize
from gunicorn.http.unreader import Unreader

from linkmsg import clock
from linkmsg.serving.pace import WINDOW, Pace

# Bytes of a body that stay in memory; the rest goes to a temporary file.
MEMORY = 16 * 1024
# Bytes that the parser gets at once. It copies all that it did not need yet at each read, and the
# app reads so many at a time.
MAX_CHUNK = 64 * 1024
# The size of a chunk, and the longest line with one.
SIZE, MAX_LINE = re.compile(rb"[0-9A-Fa-f]{1,15}"), 8190


class ReceivedBytes(Unreader):  # type: ignore[misc]
    """What has been received of a request, for gunicorn's parser to read.

    The parser takes the head from memory. `append` adds to the body, until `start_reading`
    allows the parser to read it; a large body continues on the socket.
    """

    def __init__(self, head: bytes, folder: Path) -> None:
        super().__init__()
        self.buf.write(head)
        self._body: IO[bytes] = SpooledTemporaryFile(MEMORY, dir=str(folder))  # noqa: SIM115
        self._socket: socket.socket | None = None
        self._pace, self._waited, self._total = Pace(), 0.0, 0

    @property
    def leftover(self) -> bytes:
        """Return the bytes behind the head that arrived together with it."""
        data: bytes = self.buf.getvalue()
        return data

    def append(self, data: bytes) -> None:
        """Add the next bytes of the body."""
        self._body.write(data)

    def start_reading(self, rest: socket.socket | None = None) -> None:
        """Let the parser read the body, of which a socket may still have the rest."""
        self._body.seek(0)
        self._socket = rest

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Return the next bytes, as gunicorn's `Unreader` requires; b"" at the end.

        Raises:
            OSError: The connection is gone, or its client is too slow.
        """
        size = min(max(size_hint or 0, MEMORY), MAX_CHUNK)
        data = self._body.read(size)
        if data or self._socket is None:
            return data
        return self._receive(self._socket, size)

    def _receive(self, rest: socket.socket, size: int) -> bytes:
        """Wait for bytes from the socket; only this waiting counts for the pace."""
        started = clock.seconds()
        rest.settimeout(WINDOW)
        try:
            data = rest.recv(size)
        finally:
            rest.setblocking(False)
        self._waited += clock.seconds() - started
        self._total += len(data)
        if self._pace.is_too_slow(self._total, self._pace.started + self._waited):
            raise TimeoutError("the client sends too slowly")
        return data

    def take_rest(self) -> bytes:
        """Return what was received behind this request, which begins the next one."""
        rest: bytes = self.take_buffered()
        return rest + self._body.read()

    def close(self) -> None:
        """Delete the temporary file, if there is one; a full disk can't prevent it."""
        with suppress(OSError):
            self._body.close()


class ChunkedBody:
    """Finds the end of a body in chunks (RFC 9112, 7.1) while it arrives; gunicorn decodes it.

    It is as strict as gunicorn, and refuses trailers, which no browser sends.
    """

    def __init__(self) -> None:
        self.is_complete = False
        self._line, self._skip = b"", 0
        self._is_last = self._is_behind_chunk = False

    def feed(self, data: bytes) -> None:
        """Look at the next bytes.

        Raises:
            InvalidChunkSize: They are not in chunks.
        """
        position = 0
        while position < len(data) and not self.is_complete:
            step = min(self._skip, len(data) - position)
            self._skip -= step
            position += step
            if self._skip == 0 and position < len(data):
                position = self._read_line(data, position)

    def _read_line(self, data: bytes, position: int) -> int:
        end = data.find(b"\n", position)
        self._line += data[position : len(data) if end < 0 else end]
        if len(self._line) > MAX_LINE:
            raise InvalidChunkSize(b"line is too long")
        if end < 0:
            return len(data)
        if not self._line.endswith(b"\r"):
            raise InvalidChunkSize(b"line without CRLF")
        line, self._line = self._line[:-1], b""
        self._take_line(line)
        return end + 1

    def _take_line(self, line: bytes) -> None:
        if self._is_behind_chunk or self._is_last:
            if line:
                raise InvalidChunkSize(b"not the end of a chunk")
            self.is_complete, self._is_behind_chunk = self._is_last, False
            return
        size, separator, extension = line.partition(b";")
        if not SIZE.fullmatch(size) or not CHUNK_EXT_RE.fullmatch(separator + extension):
            raise InvalidChunkSize(b"not a size")
        self._skip = int(size, 16)
        self._is_last = self._skip == 0
        self._is_behind_chunk = not self._is_last
