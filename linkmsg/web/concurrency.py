"""A limit on the number of requests that run at the same time."""

import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Semaphore
from typing import IO, TYPE_CHECKING

from flask import has_app_context

from linkmsg.db import db

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Bodies up to this size, in bytes, are read before the request counts: a slow client blocks nobody.
MAX_BUFFERED_BODY = 128 * 1024
SLOT = "linkmsg.slot"


class Slot:
    """The place of one request among those that run at the same time."""

    def __init__(self, slots: Semaphore, end_turn: Callable[[], None] = lambda: None) -> None:
        """Create a slot that is not taken yet.

        Args:
            slots: Those that are free.
            end_turn: Tells the server that another request of this client may run.
        """
        self._slots, self.end_turn, self._is_taken = slots, end_turn, False

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()

    def acquire(self) -> None:
        """Wait until this request may run."""
        self._slots.acquire()
        self._is_taken = True

    def release(self) -> None:
        """Let another request run, if this one counts."""
        self.end_turn()
        if self._is_taken:
            self._is_taken = False
            self._slots.release()


class ConcurrencyLimit:
    """WSGI middleware that runs at most `limit` requests at once and queues the others.

    Each open WebSocket occupies a thread, so there are far more threads than database connections.
    Without a limit a burst would start a request in each of them, and requests would fail because
    the connection pool times out. A WebSocket counts until it is open (`release_slot`), because it
    is idle most of the time. A request does not count while it waits for its client's network.
    """

    def __init__(self, app: "WSGIApplication", limit: int) -> None:
        self.app, self._slots = app, Semaphore(limit)

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Run the app when fewer than `limit` requests are running."""
        end_turn = getattr(environ["wsgi.input"], "end_turn", lambda: None)
        slot = environ[SLOT] = Slot(self._slots, end_turn)
        if not _is_received(environ):
            environ["wsgi.input"] = ClientStream(environ["wsgi.input"], slot)
        with slot:
            return self.app(environ, start)


def _is_received(environ: "WSGIEnvironment") -> bool:
    """Return whether the body has been received: by the server, or now if it is small."""
    if getattr(environ["wsgi.input"], "is_received", False):
        return True
    length = environ.get("CONTENT_LENGTH") or ""
    if not (length.isascii() and length.isdecimal() and int(length) <= MAX_BUFFERED_BODY):
        return False
    environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(int(length)))
    return True


def release_slot(environ: "WSGIEnvironment") -> None:
    """Stop counting a request that is about to wait for a long time."""
    slot = environ.get(SLOT)
    if slot is not None:
        slot.release()


def end_turn(environ: "WSGIEnvironment") -> None:
    """Let other requests of this client run, while this one waits for something slow."""
    slot = environ.get(SLOT)
    if slot is not None:
        slot.end_turn()


class ClientStream:
    """The body of a request while it arrives: whoever reads it holds nothing that others need."""

    def __init__(self, stream: IO[bytes], slot: Slot) -> None:
        self._stream, self._slot = stream, slot

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; wait for them without a slot and without a database connection."""
        with self._waiting():
            return self._stream.read(size)

    def readline(self, size: int = -1) -> bytes:
        """Return the next line, in the same way."""
        with self._waiting():
            return self._stream.readline(size)

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        if has_app_context():
            db.session.close()
        self._slot.release()
        try:
            yield
        finally:
            self._slot.acquire()
