"""Start a new epoch: from then on, the numbers of older pages can't be compared."""

import secrets

from sqlalchemy import update

from linkmsg.db import db, writing
from linkmsg.models.snapshot import SnapshotCounter


def start_epoch() -> None:
    """Store a new random epoch, so that all pages loaded before fetch changes when they connect.

    An epoch is the first part of a page's label; see `linkmsg.models.snapshot`. Each server
    process starts one when it starts: it does not know which members earlier writes concerned,
    and the database may have been replaced by an older copy, whose numbers come a second time.
    """
    with writing():
        first = update(SnapshotCounter).where(SnapshotCounter.id == 0)
        db.session.execute(first.values(epoch=secrets.token_hex(4)))
