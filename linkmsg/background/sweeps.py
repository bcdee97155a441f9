"""Sweeps: what nobody wants any more is cleared away."""

from datetime import timedelta

from flask import current_app

from linkmsg.actions import attachments
from linkmsg.models import Attachment
from linkmsg.storage import stored_files, stored_images

FILES_INTERVAL = 15 * 60.0
# A blob is there before its row: only what no row has owned for a day is nobody's.
ORPHAN_AGE = timedelta(days=1)
# So many keys are looked for in the database at once.
BATCH = 500


def sweep_files() -> None:
    """Clear away uploads that were never sent, blobs that no row owns, and half-made pictures."""
    while forgotten := attachments.delete_expired():
        stored_files.delete(forgotten)
    stored_images.clear_work_folder(ORPHAN_AGE)
    blobs = stored_files.blob_store()
    old = (name for name, age in blobs.entries() if age >= ORPHAN_AGE)
    removed = 0
    for names in _batches(list(old)):
        owned = Attachment.owned(names)
        for name in names:
            if name not in owned:
                blobs.delete(name)
                removed += 1
    if removed:
        current_app.logger.info("%d blobs that no row owns were removed", removed)


def _batches(names: list[str]) -> list[list[str]]:
    return [names[at : at + BATCH] for at in range(0, len(names), BATCH)]
