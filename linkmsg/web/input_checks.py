"""Checks of all input before it is used: characters that no database stores, forms cut short."""

import re
from io import BytesIO
from typing import IO, Any

from flask import Flask, abort, request
from werkzeug.datastructures import MultiDict

from linkmsg.web.csrf import is_token_checked
from linkmsg.web.request_limits import LimitedRequest

# Routes that accept a NUL in their query and remove it.
NUL_TOLERANT_ENDPOINTS = {"search.find"}
# PostgreSQL stores no NUL, and UTF-8 has no surrogates.
UNSTORABLE = re.compile("[\0\ud800-\udfff]")

ODD_CHARACTER = "This has a character that can’t be shown. Remove it and try again."
CUT_OFF = "The upload was interrupted, so nothing was sent. Try again."


class InputRefused(Exception):
    """Raised, with a sentence for the member, if a form is refused; `status` is the HTTP status."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class FormRequest(LimitedRequest):
    """A request that writes no file of a form to the disk before the token is checked.

    Forms that may have files are read as a stream (`uploads`). All others end at 1 MiB.
    """

    def _get_file_stream(self, *_: Any, **__: Any) -> IO[bytes]:
        return BytesIO()


def init_app(app: Flask) -> None:
    """Check the address and the length of the form of each request to `app`."""
    app.request_class = FormRequest
    app.before_request(check_address)
    app.before_request(check_length)


def check_address() -> None:
    """Abort with HTTP 400 if the URL or a header has a character that can't be stored."""
    is_tolerant = request.endpoint in NUL_TOLERANT_ENDPOINTS
    query = () if is_tolerant else (*request.args, *request.args.values())
    if any(map(UNSTORABLE.search, (request.path, *query, *request.headers.values()))):
        abort(400)


def check_length() -> None:
    """Refuse a form that ended before its announced length, because it would be acted on in part.

    Forms with files have an end of their own (RFC 2046, 5.1.1), which their parser checks.

    Raises:
        InputRefused: The connection broke while the form was sent.
    """
    is_plain = request.mimetype == "application/x-www-form-urlencoded"
    if is_plain and len(request.get_data()) < (request.content_length or 0):
        raise InputRefused(400, CUT_OFF)


def check_form() -> None:
    """Refuse the form of this request if it was read and a field can't be stored.

    Routes that read their form themselves, because it has files, have `uploads.receive_form`.

    Raises:
        InputRefused: A field has a NUL or a surrogate.
    """
    if is_token_checked() and clean(request.form) is not None:
        raise InputRefused(422, ODD_CHARACTER)


def clean(fields: MultiDict[str, str]) -> MultiDict[str, str] | None:
    """Return a form without the characters that can't be stored; None if it has none of them."""
    pairs = list(fields.items(multi=True))
    if not any(map(UNSTORABLE.search, (text for pair in pairs for text in pair))):
        return None
    return MultiDict((UNSTORABLE.sub("", name), UNSTORABLE.sub("", value)) for name, value in pairs)
