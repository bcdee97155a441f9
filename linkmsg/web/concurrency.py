"""A limit on the number of requests that run at the same time."""

import io
from collections.abc import Iterable
from threading import Semaphore
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Bodies up to this size, in bytes, are read before the request counts: a slow client blocks nobody.
MAX_BUFFERED_BODY = 128 * 1024


class ConcurrencyLimit:
    """WSGI middleware that runs at most `limit` requests at once and queues the others.

    Each open WebSocket occupies a thread, so there are far more threads than database connections.
    Without a limit a burst would start a request in each of them, and requests would fail because
    the connection pool times out. WebSockets do not count, because they are idle most of the time.
    Forms with files do not count either, because they wait for their client's network.
    """

    def __init__(self, app: "WSGIApplication", limit: int) -> None:
        self.app, self._slots = app, Semaphore(limit)

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Run the app; requests that count wait until fewer than `limit` of them are running."""
        if "HTTP_UPGRADE" in environ or _has_files(environ):
            return self.app(environ, start)
        _buffer_body(environ)
        with self._slots:
            return self.app(environ, start)


def _has_files(environ: "WSGIEnvironment") -> bool:
    return str(environ.get("CONTENT_TYPE", "")).startswith("multipart/form-data")


def _buffer_body(environ: "WSGIEnvironment") -> None:
    length = environ.get("CONTENT_LENGTH") or ""
    if length.isascii() and length.isdecimal() and 0 < int(length) <= MAX_BUFFERED_BODY:
        environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(int(length)))
