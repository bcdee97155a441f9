"""Turns: how many requests are answered at once, however many connections there are."""

import io
from collections.abc import Iterable
from threading import Semaphore
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Forms up to this size, in bytes, are heard out before their turn: a slow line holds nobody up.
HEARD = 128 * 1024


class ConcurrencyLimit:
    """Answers so many requests at once and lets the others wait.

    A connected tab keeps a thread, so there are far more threads than can work: without turns a
    burst would run in all of them, each slower than the last, and wait for the database's pool
    until that gives up. A socket takes no turn, for it sleeps, nor does a form with files, which
    waits for its sender's line.
    """

    def __init__(self, inner: "WSGIApplication", number: int) -> None:
        self.inner, self._turn = inner, Semaphore(number)

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Answer as the inner app does, when it is this request's turn."""
        if "HTTP_UPGRADE" in environ or _has_files(environ):
            return self.inner(environ, start)
        _hear(environ)
        with self._turn:
            return self.inner(environ, start)


def _has_files(environ: "WSGIEnvironment") -> bool:
    return str(environ.get("CONTENT_TYPE", "")).startswith("multipart/form-data")


def _hear(environ: "WSGIEnvironment") -> None:
    length = environ.get("CONTENT_LENGTH") or ""
    if length.isascii() and length.isdecimal() and 0 < int(length) <= HEARD:
        environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(int(length)))
