"""Sweeps: what nobody wants any more is cleared away."""

from datetime import timedelta

from flask import current_app

from linkmsg.actions import attachments
from linkmsg.models import Attachment
from linkmsg.storage import incoming, pictures

FILES_EVERY = 15 * 60.0
# A blob is there before its row: only what no row has owned for a day is nobody's.
NOBODYS = timedelta(days=1)
# So many keys are looked for in the database at once.
BATCH = 500


def files() -> None:
    """Clear away uploads that were never sent, blobs that no row owns, and half-made pictures."""
    while forgotten := attachments.delete_expired():
        incoming.delete(forgotten)
    pictures.tidy(NOBODYS)
    blobs = incoming.blobs()
    old = (name for name, age in blobs.names() if age >= NOBODYS)
    removed = 0
    for names in _batches(list(old)):
        owned = Attachment.referenced_keys(names)
        for name in names:
            if name not in owned:
                blobs.delete(name)
                removed += 1
    if removed:
        current_app.logger.info("%d blobs that no row owns were removed", removed)


def _batches(names: list[str]) -> list[list[str]]:
    return [names[at : at + BATCH] for at in range(0, len(names), BATCH)]
