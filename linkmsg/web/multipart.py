"""A form that carries files, read as it comes (RFC 7578): nothing of a file is held in memory."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import chain
from threading import Lock
from typing import IO, Protocol

from werkzeug.datastructures import MultiDict
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

PIECE = 64 * 1024
# Of all fields together, in bytes, and how many parts a form may have.
LARGEST_FIELDS, MOST_PARTS = 1024 * 1024, 100


class Sink(Protocol):
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
_turn = FairLock()
Begin = Callable[[str, str], AbstractContextManager[Sink]]


class FormTooLarge(Exception):
    """The fields are larger than those of any form."""


def read(stream: IO[bytes], boundary: str, fields: MultiDict[str, str], begin: Begin) -> None:
    """Put the fields of a form into `fields`, and each file into what `begin` opens for it.

    `begin` is given the names of the field and of the file. What it raises ends the reading,
    and so does what its sink raises; the fields before that have been put.

    Raises:
        ValueError: it is no such form, or it ends before its end.
        FormTooLarge: its fields are.
    """
    decoder = MultipartDecoder(boundary.encode(), LARGEST_FIELDS, max_parts=MOST_PARTS)
    room = LARGEST_FIELDS
    events = _events(stream, decoder)
    for event in events:
        if isinstance(event, Field):
            value = bytearray()
            for data in _content(events):
                room -= len(data)
                if room < 0:
                    raise FormTooLarge
                value += data
            fields.add(event.name, value.decode(errors="replace"))
        elif isinstance(event, File):
            _take(events, event, begin)


def _take(events: Iterator[Event], event: File, begin: Begin) -> None:
    content = _content(events)
    first = next(content, b"")
    if not event.filename and not first:
        return  # a field for files in which none was chosen
    with begin(event.name, event.filename) as sink:
        for data in chain([first], content):
            with _turn:
                sink.write(data)


def _content(events: Iterator[Event]) -> Iterator[bytes]:
    for event in events:
        if isinstance(event, Data):
            yield event.data
            if not event.more_data:
                return


def _events(stream: IO[bytes], decoder: MultipartDecoder) -> Iterator[Event]:
    while True:
        with _turn:
            event = decoder.next_event()
        if isinstance(event, Epilogue):
            return
        if isinstance(event, NeedData):
            data = stream.read(PIECE) or None
            with _turn:
                decoder.receive_data(data)
        else:
            yield event
