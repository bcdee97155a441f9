"""Limits on the parts of a request, checked by counting before anything is parsed."""

from collections.abc import Iterable
from functools import cached_property
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any

from flask import Flask, Request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from linkmsg.web.multipart import MAX_PARTS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# The most fields of a form or of the query of a URL, and the bytes of all headers together. What
# browsers send, also through proxies, is far smaller.
MAX_FIELDS, MAX_HEADERS_SIZE = MAX_PARTS, 32 * 1024


def init_app(app: Flask) -> None:
    """Let `app` refuse requests with too large headers or forms of too many parts."""
    app.config["MAX_FORM_PARTS"] = MAX_PARTS
    app.wsgi_app = HeaderLimit(app.wsgi_app)  # type: ignore[method-assign, assignment]


class LimitedFormParser(FormDataParser):
    """Parses a form with at most `MAX_FIELDS` fields; others are answered with HTTP 413."""

    def parse(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str] | None = None,
    ) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, Any]]:
        """Parse a form; werkzeug itself counts only the fields of multipart forms."""
        if mimetype == "application/x-www-form-urlencoded":
            body = stream.read()
            _check_field_count(body)
            stream = BytesIO(body)
        return super().parse(stream, mimetype, content_length, options)


class LimitedRequest(Request):
    """A request whose form and query have at most `MAX_FIELDS` fields each; else HTTP 413."""

    form_data_parser_class = LimitedFormParser

    @cached_property
    def args(self) -> MultiDict[str, str]:
        """Return the parameters of the URL's query."""
        _check_field_count(self.query_string)
        return super().args


class HeaderLimit:
    """WSGI middleware that refuses requests whose headers are larger than `MAX_HEADERS_SIZE`."""

    def __init__(self, app: "WSGIApplication") -> None:
        self.app = app

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Run the app, or answer HTTP 431 as plain text, since a page may need the headers."""
        headers = (str(value) for name, value in environ.items() if name.startswith("HTTP_"))
        size = sum(map(len, headers)) + len(str(environ.get("CONTENT_TYPE", "")))
        if size <= MAX_HEADERS_SIZE:
            return self.app(environ, start)
        start(
            "431 Request Header Fields Too Large", [("Content-Type", "text/plain; charset=utf-8")]
        )
        return [b"Your browser sent too many cookies. Delete those of this site and try again.\n"]


def _check_field_count(encoded: bytes) -> None:
    """Answer HTTP 413 if urlencoded fields (`a=1&b=2`) are more than `MAX_FIELDS`."""
    if encoded.count(b"&") >= MAX_FIELDS:
        raise RequestEntityTooLarge
