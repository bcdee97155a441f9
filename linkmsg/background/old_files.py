"""Removes metadata from files that were stored before linkmsg cleaned files of their kind."""

from flask import current_app

from linkmsg import clock
from linkmsg.actions import attachments
from linkmsg.db import db
from linkmsg.models import Attachment
from linkmsg.models.attachment import CLEANED, NEVER
from linkmsg.storage import stored_files, stored_media

INTERVAL = 2.0
# Seconds of one run: the search index waits for it.
RUN_SECONDS = 0.5


class OldFilesSweep:
    """Cleans old files, the oldest first; `is_done` once there are none."""

    def __init__(self) -> None:
        self.is_done = False

    def run(self) -> None:
        """Clean files for a short time, at least one; return when all are done."""
        until = clock.seconds() + RUN_SECONDS
        while not self.is_done:
            oldest = attachments.next_uncleaned()
            db.session.close()  # no transaction stays open while a file is read
            if oldest is None:
                self.is_done = True
            else:
                clean(oldest)
            if clock.seconds() >= until:
                return


def clean(attachment: Attachment) -> None:
    """Remove the metadata of a file; one that can't be cleaned is kept for its uploader only.

    Raises:
        OSError: the disk failed, or too many images came at once.
    """
    stored = {
        name: getattr(attachment, name) for name in ("key", "name", "size", "digest", "thumb")
    }
    try:
        fields = stored_media.clean_again(stored_files.blob_store(), stored, attachment.uploader_id)
    except FileNotFoundError:
        fields = {}
    except stored_media.FileRefused:
        current_app.logger.warning("The metadata of file %s can't be removed", attachment.id)
        attachments.record_cleaning(attachment.id, NEVER, {})
        return
    attachments.record_cleaning(attachment.id, CLEANED, fields)
    if "key" in fields:
        stored_files.delete([stored["key"]])
