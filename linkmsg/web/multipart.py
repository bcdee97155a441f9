"""A streaming parser of multipart forms (RFC 7578) that never holds a whole file in memory."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import chain
from threading import Lock
from typing import IO, Protocol

from werkzeug.datastructures import MultiDict
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

CHUNK = 64 * 1024
# The size of all fields and of the headers of all parts together, in bytes, and the number of
# parts of a form.
MAX_FIELDS_SIZE, MAX_PARTS = 1024 * 1024, 100


class FileTarget(Protocol):
    """The object that `read` writes a file to, chunk by chunk."""

    def write(self, data: bytes) -> None:
        """Write the next bytes of the file."""


class FairLock:
    """A lock that threads get in the order in which they asked for it.

    With a `Lock` or a `Semaphore`, a thread that releases it may get it again before those that
    wait.
    """

    def __init__(self) -> None:
        self._guard, self._waiting = Lock(), deque[Lock]()
        self._is_taken = False

    @property
    def queue_length(self) -> int:
        """Return the number of threads that wait for the lock."""
        return len(self._waiting)

    def __enter__(self) -> None:
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return
            turn = Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()

    def __exit__(self, *_: object) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False


# Only one chunk is decoded or written at a time. Twenty fast uploads would otherwise compete for
# the interpreter lock, and every other request would wait for all of them at each step.
_decoding = FairLock()
OpenTarget = Callable[[str, str], AbstractContextManager[FileTarget]]


class FormTooLarge(Exception):
    """Raised if the fields of a form, without its files, are larger than `MAX_FIELDS_SIZE`."""


def read(
    stream: IO[bytes], boundary: str, fields: MultiDict[str, str], open_target: OpenTarget
) -> None:
    """Read a multipart form: add its fields to `fields`, and write each file to a target.

    When a file begins, `open_target` is called with the names of its field and of the file, and
    returns a context manager for the target. An exception that it or the target raises ends the
    reading; `fields` keeps the fields read before.

    Raises:
        ValueError: The stream is no form with this boundary, or it ends too early.
        FormTooLarge: The fields are larger than allowed.
    """
    decoder = MultipartDecoder(boundary.encode(), 2 * CHUNK, max_parts=MAX_PARTS)
    remaining = MAX_FIELDS_SIZE
    events = _events(stream, decoder)
    for event in events:
        if not isinstance(event, Field | File):
            continue
        remaining -= sum(len(name) + len(value) for name, value in event.headers)
        if remaining < 0:
            raise FormTooLarge
        if isinstance(event, File):
            _write_file(events, event, open_target)
            continue
        value = _read_value(events, remaining)
        remaining -= len(value)
        fields.add(event.name, value.decode(errors="replace"))


def _read_value(events: Iterator[Event], limit: int) -> bytes:
    value = bytearray()
    for data in _data_of(events):
        value += data
        if len(value) > limit:
            raise FormTooLarge
    return bytes(value)


def _write_file(events: Iterator[Event], event: File, open_target: OpenTarget) -> None:
    content = _data_of(events)
    first = next(content, b"")
    if not event.filename and not first:
        return  # browsers send an empty file for a field without a choice
    with open_target(event.name, event.filename) as target:
        for data in chain([first], content):
            with _decoding:
                target.write(data)


def _data_of(events: Iterator[Event]) -> Iterator[bytes]:
    for event in events:
        if isinstance(event, Data):
            yield event.data
            if not event.more_data:
                return


def _events(stream: IO[bytes], decoder: MultipartDecoder) -> Iterator[Event]:
    while True:
        with _decoding:
            event = decoder.next_event()
        if isinstance(event, Epilogue):
            return
        if isinstance(event, NeedData):
            data = _read(stream) or None
            with _decoding:
                decoder.receive_data(data)
        else:
            yield event


def _read(stream: IO[bytes]) -> bytes:
    """Return the next bytes of a request.

    Raises:
        ValueError: The connection broke. An OSError would look like one of the file's disk.
    """
    try:
        return stream.read(CHUNK)
    except OSError as error:
        raise ValueError("the connection broke") from error
