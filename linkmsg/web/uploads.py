"""Uploads: files into storage as they come, and the form that brings them."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from flask import Response, abort, request
from werkzeug.datastructures import MultiDict

from linkmsg.actions import attachments
from linkmsg.actions.errors import ActionRefused
from linkmsg.config import settings
from linkmsg.db import db
from linkmsg.models import Attachment
from linkmsg.models.attachment import (
    FILES_TOO_LARGE,
    MAX_MESSAGE_SIZE,
    MAX_PER_MESSAGE,
    MAX_SIZE,
    TOO_MANY,
)
from linkmsg.storage import incoming
from linkmsg.web import auth, multipart, rate_limits
from linkmsg.web.csrf import check_token, csrf_protect
from linkmsg.web.responses import page

# What a form may have around its files, in bytes.
AROUND = 1024 * 1024

TOO_LARGE = "{} is larger than 25 MiB. Send it in parts, or put it somewhere and send the link."
NO_DISK = "There is no room for files on this server now. Your text is kept. Tell an admin."
CUT_OFF = "The upload was cut off, so nothing was sent. Try again."


class UploadRefused(Exception):
    """A file that is not taken: the status of the answer, and a sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


Fault = UploadRefused | rate_limits.Limited


@dataclass
class Received:
    """What a form brought: files that arrived whole, and why not all of them did, if so."""

    files: list[Attachment] = field(default_factory=list)
    fault: Fault | None = None


def is_multipart() -> bool:
    """Whether the request is a form that may carry files."""
    return request.mimetype == "multipart/form-data"


def receive() -> Received:
    """Read the form of this request: its fields are `request.form` afterwards.

    The files that arrived whole are the viewer's to send, also when the next one is refused.

    Raises:
        CSRFError: the form is not of this session.
    """
    if not is_multipart():
        csrf_protect.protect()
        return Received()
    received, fields = Received(), MultiDict[str, str]()
    _let_through(fields)
    db.session.close()  # a slow line would keep a connection from all others
    try:
        boundary = request.mimetype_params.get("boundary", "")
        multipart.read(request.stream, boundary, fields, _opener(received, fields))
        check_token(fields)
    except (UploadRefused, rate_limits.Limited) as fault:
        received.fault = fault
    except multipart.FormTooLarge:
        received.fault = UploadRefused(413, "This is too large to be sent at all.")
    except (ValueError, OSError):
        if not fields:
            abort(400)  # it is no form at all
        received.fault = UploadRefused(400, CUT_OFF)
    return received


class _FilesBegin(Exception):
    """The fields are over, and a file begins."""


def hear_words() -> None:
    """Read the fields of a form and none of its files: what somebody typed who must sign in."""
    fields = MultiDict[str, str]()
    _let_through(fields)

    def begin(_field: str, _name: str) -> AbstractContextManager[multipart.Sink]:
        raise _FilesBegin

    boundary = request.mimetype_params.get("boundary", "")
    with suppress(_FilesBegin, multipart.FormTooLarge, ValueError, OSError):
        multipart.read(request.stream, boundary, fields, begin)


def _let_through(fields: MultiDict[str, str]) -> None:
    """Let the request be read here, however large; its fields are found where they always are."""
    request.max_content_length = sys.maxsize
    _ = request.stream
    request.__dict__.update(form=fields, files=MultiDict[str, Any]())


def _opener(received: Received, fields: MultiDict[str, str]) -> multipart.Begin:
    @contextmanager
    def begin(_field: str, name: str) -> Iterator[multipart.Sink]:
        if not received.files:
            check_token(fields)
            if (request.content_length or 0) > MAX_MESSAGE_SIZE + AROUND:
                raise UploadRefused(413, FILES_TOO_LARGE)
        if len(received.files) + len(fields.getlist("attachment")) >= MAX_PER_MESSAGE:
            raise UploadRefused(413, TOO_MANY)
        with storing(name, is_voice=fields.get("voice") == "1") as file:
            yield file
        received.files.append(file.kept)

    return begin


def release(key: str) -> bool:
    """Take back a file that is the viewer's and not sent, with its blobs; whether it was."""
    found = attachments.discard(auth.viewer(), key)
    if found is not None:
        incoming.delete(found.blobs)
    return found is not None


def refusal(fault: Fault) -> Response:
    """What answers the page's script when a file is not taken."""
    answer = page("files/upload_error.html", fault.status, sentence=str(fault))
    return answer if isinstance(fault, UploadRefused) else fault.tell(answer)


class Incoming:
    """One file on its way in."""

    kept: Attachment

    def __init__(self, draft: incoming.BlobDraft) -> None:
        self.draft = draft

    def write(self, data: bytes) -> None:
        """Take these bytes.

        Raises:
            UploadRefused: they are more than a file may have.
        """
        if self.draft.size + len(data) > MAX_SIZE:
            raise UploadRefused(413, TOO_LARGE.format(self.draft.name))
        self.draft.write(data)


@contextmanager
def storing(name: str, *, is_voice: bool = False) -> Iterator[Incoming]:
    """Store a file; afterwards it is the viewer's to send.

    Raises:
        UploadRefused: it is too large, or there is no room for it.
        Limited: she has uploaded many just now.
    """
    me = auth.viewer()
    rate_limits.charge_upload(me)
    if shutil.disk_usage(settings.data_dir).free < settings.disk_reserve * 1_000_000:
        raise UploadRefused(507, NO_DISK)
    with incoming.draft(name) as draft:
        file = Incoming(draft)
        yield file
    attachment = Attachment(**draft.stored, is_voice=is_voice)
    try:
        file.kept = attachments.add(me, attachment)
    except ActionRefused as fault:
        incoming.delete(attachment.blobs)
        raise UploadRefused(413, str(fault)) from fault
