"""Starting a new epoch of snapshot numbers."""

import secrets

from sqlalchemy import update

from linkmsg.db import db, writing
from linkmsg.models.snapshot import SnapshotCounter


def start_epoch() -> None:
    """Start a new epoch, so that every page from before it catches up when it connects.

    Each server process does so when it starts: it does not know what was news before, and the
    database may be an older copy whose numbers were given out already.
    """
    with writing():
        first = update(SnapshotCounter).where(SnapshotCounter.id == 0)
        db.session.execute(first.values(epoch=secrets.token_hex(4)))
