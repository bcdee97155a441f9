"""Whether this server can do its work, and why not; for `/readyz` and for the log."""

import os
from pathlib import Path

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from linkmsg import clock
from linkmsg.config import settings
from linkmsg.db import db, on_sqlite
from linkmsg.disk_space import check_space, is_disk_full
from linkmsg.models import Member

# Seconds after a write was refused in which the disk counts as full: a small probe may still fit,
# and the database may have a disk of its own.
REFUSAL_COUNTS = 30
FULL_AT = "linkmsg.disk_full_at"
DISK_FULL = "the disk is full"


def record_full_disk(error: Exception) -> None:
    """Log that a write was refused because a disk is full, and remember when it was."""
    current_app.extensions[FULL_AT] = clock.seconds()
    reason = getattr(error, "orig", None) or error
    current_app.logger.error("The disk is full, so nothing was saved: %s", reason)


def fault() -> str:
    """Return what keeps this server from working, in a few words; "" if nothing does."""
    try:
        db.session.execute(select(Member.id).limit(1))
    except SQLAlchemyError as error:
        current_app.logger.exception("the database does not respond")
        return DISK_FULL if is_disk_full(error) else "the database does not respond"
    full_at = current_app.extensions.get(FULL_AT)
    if full_at is not None and clock.seconds() - full_at < REFUSAL_COUNTS:
        return DISK_FULL
    return next(filter(None, map(_fault_of, _folders())), "")


def _folders() -> list[Path]:
    """Return the folders that are written: the data folder, and that of a SQLite file elsewhere."""
    file = db.engine.url.database if on_sqlite() else None
    folders = [settings.data_dir, Path(file).parent if file else settings.data_dir]
    return list(dict.fromkeys(folders))


def _fault_of(folder: Path) -> str:
    if not os.access(folder, os.W_OK):
        return "the data folder is not writable"
    try:
        check_space(folder)
    except OSError as error:
        return DISK_FULL if is_disk_full(error) else "the data folder is not writable"
    return ""
