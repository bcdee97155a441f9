"""The socket that a response is written to: it never waits for the client."""

import errno
import fcntl
import os
import shutil
import socket
import struct
import termios
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

# Unsent bytes of a response that stay in memory; the rest goes to a temporary file.
MEMORY = 256 * 1024
# Bytes that are sent from a file before other connections get their turn.
STEP = 1024 * 1024
COUNT_UNSENT = getattr(termios, "TIOCOUTQ", None)


class FileSlice:
    """Bytes of a file that are still to be sent."""

    def __init__(self, file: int, offset: int, remaining: int) -> None:
        self.file, self.offset, self.remaining = os.dup(file), offset, remaining

    def append(self, data: bytes) -> None:
        """Write bytes to the file, to be sent after the others."""
        while data:
            written = os.pwrite(self.file, data, self.offset + self.remaining)
            self.remaining += written
            data = data[written:]

    def send(self, target: socket.socket) -> int:
        """Send what the socket takes; return how many bytes that were."""
        sent = os.sendfile(target.fileno(), self.file, self.offset, min(self.remaining, STEP))
        if sent == 0:
            raise OSError("the file is shorter than announced")
        self.offset, self.remaining = self.offset + sent, self.remaining - sent
        return sent

    def close(self) -> None:
        """Close the file."""
        with suppress(OSError):
            os.close(self.file)


class Bytes:
    """Bytes in memory that are still to be sent."""

    def __init__(self, data: bytes) -> None:
        self._data = memoryview(data)

    @property
    def remaining(self) -> int:
        """Return the number of bytes that are still to be sent."""
        return len(self._data)

    def send(self, target: socket.socket) -> int:
        """Send what the socket takes; return how many bytes that were."""
        sent = target.send(self._data)
        self._data = self._data[sent:]
        return sent

    def close(self) -> None:
        """Drop the bytes."""


class ResponseSocket:
    """Takes the place of a socket for gunicorn's `Response`.

    Bytes that the client does not take at once are kept, so that the thread can go on; `flush`
    sends them when the client reads.
    """

    def __init__(self, connection: socket.socket, folder: Path, reserve: int = 0) -> None:
        """Take the place of a connection.

        Args:
            connection: The socket, which does not block.
            folder: Where temporary files are created.
            reserve: The bytes of the disk that they may not use.
        """
        self._socket, self._folder, self._reserve = connection, folder, reserve
        self.is_taken = False
        self.read_early: Callable[[], bytes] = bytes
        self._queue: deque[Bytes | FileSlice] = deque()
        self._spilled: FileSlice | None = None
        self._in_memory = self._sent = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)

    @property
    def has_pending(self) -> bool:
        """Return whether there are bytes that the client has not taken yet."""
        return bool(self._queue)

    def take(self) -> socket.socket:
        """Return the socket itself, which waits for its client, for a WebSocket.

        `read_early` then returns what the client sent right behind its request.
        """
        self.is_taken = True
        self._socket.setblocking(True)
        return self._socket

    def sendall(self, data: bytes) -> None:
        """Send bytes, or keep them until the client reads."""
        if self._spilled is None and self._in_memory + len(data) <= MEMORY:
            self._queue.append(Bytes(data))
            self._in_memory += len(data)
        else:
            self._spill(data)
        self.flush()

    send = sendall

    def sendfile(self, file: IO[bytes], offset: int = 0, count: int = 0) -> None:
        """Send part of a file, or keep it open until the client reads."""
        self._queue.append(FileSlice(file.fileno(), offset, count))
        self._spilled = None
        self.flush()

    def flush(self) -> bool:
        """Send what the client takes; return whether that was all.

        Raises:
            OSError: The connection is gone.
        """
        budget = STEP
        while self._queue and budget > 0:
            first = self._queue[0]
            try:
                sent = first.send(self._socket) if first.remaining else 0
            except (BlockingIOError, InterruptedError):
                return False
            self._sent += sent
            budget -= sent
            if not first.remaining:
                self._drop_first()
        return not self._queue

    def taken(self) -> int:
        """Return how many bytes the client has confirmed, as far as the system tells."""
        if COUNT_UNSENT is None:
            return self._sent
        try:
            waiting = fcntl.ioctl(self._socket.fileno(), COUNT_UNSENT, struct.pack("i", 0))
        except OSError:
            return self._sent
        return self._sent - int(struct.unpack("i", waiting)[0])

    def close_files(self) -> None:
        """Drop what was not sent."""
        while self._queue:
            self._drop_first()

    def _drop_first(self) -> None:
        first = self._queue.popleft()
        first.close()
        if first is self._spilled:
            self._spilled = None
        if not self._queue:
            self._in_memory = 0

    def _spill(self, data: bytes) -> None:
        if self._spilled is None:
            if shutil.disk_usage(self._folder).free < self._reserve:
                raise OSError(errno.ENOSPC, "no space for a response that is read slowly")
            with TemporaryFile(dir=self._folder) as file:
                self._spilled = FileSlice(file.fileno(), 0, 0)
            self._queue.append(self._spilled)
        self._spilled.append(data)
