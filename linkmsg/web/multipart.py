"""A form that carries files, read as it comes (RFC 7578): nothing of a file is held in memory."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import chain
from threading import Lock
from typing import IO, Protocol

from werkzeug.datastructures import MultiDict
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

CHUNK = 64 * 1024
# Of all fields together, in bytes, and how many parts a form may have.
MAX_FIELDS_SIZE, MAX_PARTS = 1024 * 1024, 100


class FileTarget(Protocol):
    """What takes a file in pieces."""

    def write(self, data: bytes) -> None:
        """Take these bytes."""


class FairLock:
    """Lets one through at a time, in the order in which they came.

    Whoever lets a `Lock` or a `Semaphore` go may have it again before those that wait.
    """

    def __init__(self) -> None:
        self._guard, self._waiting = Lock(), deque[Lock]()
        self._is_taken = False

    def __enter__(self) -> None:
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return
            mine = Lock()
            mine.acquire()
            self._waiting.append(mine)
        mine.acquire()

    def __exit__(self, *_: object) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False


# One piece is taken in after the other: of twenty forms on lines that are quicker than we are,
# all would go on at once, and who writes a text would wait for each of them at every step.
_decoding = FairLock()
OpenTarget = Callable[[str, str], AbstractContextManager[FileTarget]]


class FormTooLarge(Exception):
    """The fields are larger than those of any form."""


def read(stream: IO[bytes], boundary: str, fields: MultiDict[str, str], begin: OpenTarget) -> None:
    """Put the fields of a form into `fields`, and each file into what `begin` opens for it.

    `begin` is given the names of the field and of the file. What it raises ends the reading,
    and so does what its sink raises; the fields before that have been put.

    Raises:
        ValueError: it is no such form, or it ends before its end.
        FormTooLarge: its fields are.
    """
    decoder = MultipartDecoder(boundary.encode(), MAX_FIELDS_SIZE, max_parts=MAX_PARTS)
    room = MAX_FIELDS_SIZE
    events = _events(stream, decoder)
    for event in events:
        if isinstance(event, Field):
            value = bytearray()
            for data in _data_of(events):
                room -= len(data)
                if room < 0:
                    raise FormTooLarge
                value += data
            fields.add(event.name, value.decode(errors="replace"))
        elif isinstance(event, File):
            _write_file(events, event, begin)


def _write_file(events: Iterator[Event], event: File, begin: OpenTarget) -> None:
    content = _data_of(events)
    first = next(content, b"")
    if not event.filename and not first:
        return  # a field for files in which none was chosen
    with begin(event.name, event.filename) as sink:
        for data in chain([first], content):
            with _decoding:
                sink.write(data)


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
            data = stream.read(CHUNK) or None
            with _decoding:
                decoder.receive_data(data)
        else:
            yield event
