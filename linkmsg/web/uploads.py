"""Uploads: forms with files; each file is stored while the form is still being read."""

import errno
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from flask import Response, abort, current_app, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import MultiDict

from linkmsg.db import db
from linkmsg.disk_space import is_disk_full
from linkmsg.models import Attachment
from linkmsg.models.attachment import (
    FILES_TOO_LARGE,
    MAX_MESSAGE_SIZE,
    MAX_PER_MESSAGE,
    TOO_MANY,
)
from linkmsg.web import health, multipart, rate_limits
from linkmsg.web.csrf import check_token, csrf_protect, is_token_checked
from linkmsg.web.incoming_file import (
    NO_DISK,
    DiscardedFile,
    UploadRefused,
    open_upload,
)
from linkmsg.web.input_checks import CUT_OFF, ODD_CHARACTER, InputRefused, clean
from linkmsg.web.responses import page

# The size of a form without its files, in bytes.
FORM_OVERHEAD = 1024 * 1024

BUSY = "Too many images at once. Try again in a moment."
NOT_STORED = "The server couldn’t store the file. Try again in a moment, or tell an administrator."
INCOMPLETE = (
    "The page didn’t load completely, so nothing was sent. Choose your files again, then send."
)


UploadError = UploadRefused | rate_limits.RateLimited


@dataclass
class UploadResult:
    """The attachments that a form has stored, and the error that stopped others, if any."""

    files: list[Attachment] = field(default_factory=list)
    error: UploadError | None = None


def is_multipart() -> bool:
    """Return whether the request is a form that may contain files."""
    return request.mimetype == "multipart/form-data"


Fields = MultiDict[str, str]


def receive_form(accepts_files: Callable[[Fields], bool] = lambda _: True) -> UploadResult:
    """Read the form of this request and store its files; afterwards `request.form` has its fields.

    Stored files belong to the signed-in member, who can send them even if the next one is refused.
    When it returns, also with an error, the CSRF token has been checked.

    Args:
        accepts_files: Called with the fields before a file; if it returns False, that file is
            read and discarded, so that the fields after it are still read.

    Raises:
        CSRFError: The form does not belong to this session.
        InputRefused: The form ended, or grew too large, before its CSRF token.
    """
    result, fields = UploadResult(), Fields()
    if is_multipart():
        _lift_size_limit(fields)
        _read_form(result, fields, accepts_files)
    else:
        csrf_protect.protect()
    cleaned = clean(request.form)
    if cleaned is not None:
        request.__dict__["form"] = cleaned
        result.error = result.error or UploadRefused(422, ODD_CHARACTER)
    return result


def _read_form(
    result: UploadResult, fields: Fields, accepts_files: Callable[[Fields], bool]
) -> None:
    """Read a form with files, and check its CSRF token even if it was not read to its end."""
    db.session.close()  # else a slow upload would occupy a database connection
    try:
        boundary = request.mimetype_params.get("boundary", "")
        multipart.read(
            request.stream, boundary, fields, _target_opener(result, fields, accepts_files)
        )
        check_token(fields)
    except (UploadRefused, rate_limits.RateLimited) as error:
        result.error = error
    except multipart.FormTooLarge:
        result.error = UploadRefused(413, "This is too large to send.")
    except ValueError:
        if not fields:
            abort(400)  # not a form
        result.error = UploadRefused(400, CUT_OFF)
    except (OSError, SQLAlchemyError) as error:
        result.error = _storage_error(error)
    if not is_token_checked():
        _check_partial_form(fields, result.error)


def _check_partial_form(fields: Fields, error: UploadError | None) -> None:
    """Check the CSRF token of a form that was read in part; without a token, refuse the form."""
    has_token = "csrf_token" in fields or "X-CSRFToken" in request.headers
    if error and not has_token:
        raise InputRefused(error.status, str(error))
    check_token(fields)


def _storage_error(error: Exception) -> UploadRefused:
    """Log why a file could not be stored, and return the error with a sentence for the member."""
    db.session.rollback()
    if is_disk_full(error):
        health.record_full_disk(error)
        return UploadRefused(507, NO_DISK)
    if getattr(error, "errno", None) == errno.EAGAIN:
        return UploadRefused(503, BUSY)
    current_app.logger.error("A file could not be stored", exc_info=error)
    return UploadRefused(500, NOT_STORED)


class _FirstFileReached(Exception):
    """Raised to stop reading a form at its first file."""


def read_fields_only() -> None:
    """Read the fields of a form up to its first file; `request.form` has them afterwards.

    This keeps the text of someone who must sign in first, without receiving their files.
    """
    fields = Fields()
    _lift_size_limit(fields)

    def stop(_field: str, _name: str) -> AbstractContextManager[multipart.FileTarget]:
        raise _FirstFileReached

    boundary = request.mimetype_params.get("boundary", "")
    with suppress(_FirstFileReached, multipart.FormTooLarge, ValueError):
        multipart.read(request.stream, boundary, fields, stop)


def _lift_size_limit(fields: Fields) -> None:
    """Allow a request body of any size, and let `request.form` return `fields`."""
    request.max_content_length = sys.maxsize
    _ = request.stream
    request.__dict__.update(form=fields, files=MultiDict[str, Any]())


def _target_opener(
    result: UploadResult, fields: Fields, accepts_files: Callable[[Fields], bool]
) -> multipart.OpenTarget:
    @contextmanager
    def open_target(_field: str, name: str) -> Iterator[multipart.FileTarget]:
        if not result.files:
            check_token(fields)
            if (request.content_length or 0) > MAX_MESSAGE_SIZE + FORM_OVERHEAD:
                raise UploadRefused(413, FILES_TOO_LARGE)
        if not accepts_files(fields):
            result.error = UploadRefused(422, INCOMPLETE)
            yield DiscardedFile()
            return
        if len(result.files) + len(fields.getlist("attachment")) >= MAX_PER_MESSAGE:
            raise UploadRefused(413, TOO_MANY)
        with open_upload(name, is_voice=fields.get("voice") == "1") as file:
            yield file
        result.files.append(file.attachment)

    return open_target


def error_response(error: UploadError) -> Response:
    """Return a page fragment with the error, for the script that uploads a file."""
    return page("files/upload_error.html", error.status, sentence=str(error))
