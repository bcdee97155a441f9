"""Error pages that the server sends itself, because the app can't or must not see the request."""

import errno
from http import HTTPStatus

from gunicorn.http import errors

from linkmsg.web.responses import HEADERS

SENTENCES = {
    HTTPStatus.BAD_REQUEST: "This request is not valid HTTP.",
    HTTPStatus.REQUEST_TIMEOUT: "Your connection was too slow, so nothing was sent. Try again.",
    HTTPStatus.REQUEST_URI_TOO_LONG: "This address is too long.",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "Your browser sent too many cookies or headers.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong. The error has been logged.",
    HTTPStatus.SERVICE_UNAVAILABLE: "Too many uploads are running. Try again in a minute.",
    HTTPStatus.INSUFFICIENT_STORAGE: "The server is out of space. Tell an administrator.",
}
# What gunicorn's parser raises, and the status of each; the others are bad requests.
STATUSES = {
    errors.LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    errors.LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    errors.UnsupportedTransferCoding: HTTPStatus.NOT_IMPLEMENTED,
    errors.ExpectationFailed: HTTPStatus.EXPECTATION_FAILED,
}
RETRY_AFTER = "Retry-After: 60\r\n"


def error_response(status: HTTPStatus) -> bytes:
    """Return a whole HTTP response with a sentence, after which the connection is closed."""
    body = f"{SENTENCES.get(status, status.phrase)}\n".encode()
    headers = HEADERS | {
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    retry = RETRY_AFTER if status is HTTPStatus.SERVICE_UNAVAILABLE else ""
    return f"{head}{retry}\r\n".encode() + body


def status_of(error: Exception) -> HTTPStatus:
    """Return the status for an error that was raised while a request was received or run."""
    if isinstance(error, errors.ParseException | errors.NoMoreData):
        return STATUSES.get(type(error), HTTPStatus.BAD_REQUEST)
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return HTTPStatus.INSUFFICIENT_STORAGE
    return HTTPStatus.INTERNAL_SERVER_ERROR
