"""Periodic deletion of uploaded files that no message uses."""

from datetime import timedelta

from flask import current_app

from linkmsg.actions import attachments
from linkmsg.models import Attachment
from linkmsg.storage import stored_files, stored_images

FILES_INTERVAL = 15 * 60.0
# A file is stored before its row in the database, so a younger one may still get its row.
ORPHAN_AGE = timedelta(days=1)
# Keys per database query.
BATCH = 500


def sweep_files() -> None:
    """Delete files that nobody can see.

    Those are uploads that expired before they were sent, stored files without an Attachment row
    in the database, and files that the conversion of images has left behind. For a day after the
    clock was set nothing is deleted: an hour-old file may seem to be years old.
    """
    if current_app.extensions["linkmsg.clock"].was_set_within(ORPHAN_AGE):
        current_app.logger.info("The clock was set, so no files are deleted for a day")
        return
    while expired := attachments.delete_expired():
        stored_files.delete(expired)
    stored_images.clear_work_folder(ORPHAN_AGE)
    blobs = stored_files.blob_store()
    old = (name for name, age in blobs.entries() if age >= ORPHAN_AGE)
    removed = 0
    for names in _batches(list(old)):
        owned = Attachment.referenced_keys(names)
        for name in names:
            if name not in owned:
                blobs.delete(name)
                removed += 1
    if removed:
        current_app.logger.info("Deleted %d blobs without a row", removed)


def _batches(names: list[str]) -> list[list[str]]:
    return [names[at : at + BATCH] for at in range(0, len(names), BATCH)]
