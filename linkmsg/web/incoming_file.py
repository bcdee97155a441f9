"""Stores one uploaded file while it is received, or says why it is refused."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from flask import request

from linkmsg.actions import attachments
from linkmsg.actions.errors import ActionRefused
from linkmsg.config import settings
from linkmsg.models import Attachment
from linkmsg.models.attachment import MAX_SIZE
from linkmsg.storage import stored_files
from linkmsg.storage.file_names import safe_name
from linkmsg.storage.stored_media import FileRefused
from linkmsg.storage.thumbnails import ImageRejection
from linkmsg.web import auth, rate_limits
from linkmsg.web.concurrency import end_turn
from linkmsg.web.input_checks import InputRefused

FILE_TOO_LARGE = "{} is larger than 25 MiB. Share a link instead."
NO_DISK = "The server has no space left for files. Your text was kept. Tell an administrator."
UNCLEAN = "Location and date can’t be removed from {}. Send a JPEG, an MP4 or a ZIP file."
RAW = "{} is a raw photo: its location and date can’t be removed. Send a JPEG or a ZIP file."


class UploadRefused(InputRefused):
    """Raised, with a sentence for the member, if a file is refused; `status` is the HTTP status."""


class DiscardedFile:
    """The target of a file that is read from the request and not stored."""

    def write(self, data: bytes) -> None:
        """Ignore the next bytes of the file."""


class IncomingFile:
    """A file that is being stored; `attachment` is set when `open_upload` ends."""

    attachment: Attachment

    def __init__(self, draft: stored_files.FileDraft) -> None:
        self.draft = draft

    def write(self, data: bytes) -> None:
        """Store the next bytes of the file.

        Raises:
            UploadRefused: The file is larger than allowed.
        """
        if self.draft.size + len(data) > MAX_SIZE:
            raise UploadRefused(413, FILE_TOO_LARGE.format(self.draft.name))
        self.draft.write(data)


@contextmanager
def open_upload(name: str, *, is_voice: bool = False) -> Iterator[IncomingFile]:
    """Yield a file to write to; afterwards it is stored as an unsent attachment of the member.

    Raises:
        UploadRefused: The file is too large, there is no space for it, or its location and date
            can't be removed.
        RateLimited: The member has uploaded too many files.
    """
    me = auth.viewer()
    rate_limits.enforce_upload_limit(me)
    if shutil.disk_usage(settings.data_dir).free < settings.disk_reserve * 1_000_000:
        raise UploadRefused(507, NO_DISK)
    end_turn(request.environ)  # decoding an image takes long
    try:
        with stored_files.new_file(name, me.id) as draft:
            file = IncomingFile(draft)
            yield file
    except FileRefused as error:
        sentence = RAW if error.reason is ImageRejection.RAW else UNCLEAN
        raise UploadRefused(415, sentence.format(safe_name(name))) from error
    attachment = Attachment(**draft.fields, is_voice=is_voice)
    try:
        file.attachment = attachments.add(me, attachment)
    except ActionRefused as error:
        stored_files.delete(attachment.blobs)
        raise UploadRefused(413, str(error)) from error
