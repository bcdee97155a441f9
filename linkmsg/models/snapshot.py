"""Snapshots of the database, numbered by the database itself.

A page, an answer and a frame each carry the label of the snapshot that they show, such as
`5f0c2a91.118`: an epoch and a number. Within an epoch a snapshot with a higher number contains
every write that one with a lower number contains, whichever process has read them. A label may
be lower than the rows beside it are, never higher: a page that gets the same thing on two ways
(an answer, a socket) keeps the one with the higher label.

An epoch begins whenever a server starts. So a page from before a restart, or from before an
older copy of the database was put in its place, has another epoch than all that comes later,
and is sent to catch up instead of being compared.
"""

from dataclasses import dataclass
from typing import Self
from weakref import WeakKeyDictionary

from sqlalchemy import BigInteger, Engine, ScalarSelect, String, cast, event, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from linkmsg.db import Model, db, is_writing
from linkmsg.models.own_writes import OwnWrites

# SQLite has one writer at a time, so the first row is enough. On PostgreSQL all writers would
# wait for each other at one row: connections share 16, and each holds its row while it commits.
COUNT_WRITE = {
    "sqlite": "UPDATE snapshot_counter SET number = number + 1 RETURNING epoch || '.' || number",
    "postgresql": (
        "UPDATE snapshot_counter SET number = number + 1 WHERE id = mod(pg_backend_pid(), 16) "
        "RETURNING (SELECT max(epoch) || '.' || sum(number) FROM snapshot_counter)"
    ),
}
_own_writes: WeakKeyDictionary[Engine, OwnWrites] = WeakKeyDictionary()


class SnapshotCounter(Model):
    """How many writes were committed: the sum of all rows, with the epoch in the first."""

    __tablename__ = "snapshot_counter"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    epoch: Mapped[str] = mapped_column(String(16))
    number: Mapped[int] = mapped_column(BigInteger)

    @classmethod
    def label(cls) -> ScalarSelect[str]:
        """Return the label of the snapshot that a statement reads, as a column for it.

        It belongs into the first statement of a request: on SQLite all others read the same
        snapshot, on PostgreSQL (READ COMMITTED) the same or a later one.
        """
        total = cast(func.sum(cls.number), String)
        return select(func.max(cls.epoch) + "." + total).scalar_subquery()


@dataclass(frozen=True)
class Snapshot:
    """A label, taken apart."""

    epoch: str
    number: int

    @classmethod
    def parse(cls, label: str | None) -> Self | None:
        """Return the snapshot of a label, or None if it is none."""
        epoch, _, number = (label or "").partition(".")
        if not (epoch and number.isascii() and number.isdecimal() and len(number) < 19):
            return None
        return cls(epoch, int(number))


def label() -> str:
    """Return the label of the snapshot that the session has read, or "" if it is unknown."""
    return str(db.session.info.get("snapshot") or "")


def remember(read: str | None) -> None:
    """Keep the label that a statement of this session has read with its rows."""
    db.session.info["snapshot"] = read


def number_after_write() -> int:
    """Return the number of a snapshot that contains what this session has written.

    Every page that does not show the write has a lower one. On PostgreSQL that takes a
    statement after the commit: before it, nobody knows what will be committed first.
    """
    before = Snapshot.parse(db.session.info.pop("before_write", None))
    if before or not label():
        remember(db.session.scalar(select(SnapshotCounter.label())))
    now = Snapshot.parse(label())
    if before and now:
        own_writes(db.engine).add(before.number, now.number)
    return now.number if now else 0


def number_to_compare(page: str) -> int | None:
    """Return the number of a page's label, or None if the page has to catch up in any case.

    Call it after the session has read a label itself. A page has to catch up if its label is
    malformed or of another epoch, and if another process may have written since: this process
    does not know which members that was news for.
    """
    shown, now = Snapshot.parse(page), Snapshot.parse(label())
    if shown is None or now is None or shown.epoch != now.epoch:
        return None
    return shown.number if own_writes(db.engine).cover(shown.number, now.number) else None


def own_writes(engine: Engine) -> OwnWrites:
    """Return what is known of the writes of an app, which has an engine of its own."""
    return _own_writes.setdefault(engine, OwnWrites())


@event.listens_for(Session, "before_commit")
def _count_write(session: Session) -> None:
    """Count a write, as the last of its statements: other writers may wait for the row."""
    if is_writing():
        connection = session.connection()
        count = COUNT_WRITE[connection.dialect.name]
        session.info["written"] = connection.exec_driver_sql(count).scalar()


@event.listens_for(Session, "after_commit")
def _label_write(session: Session) -> None:
    """Let what the session reads from now on have a label from after its write.

    On PostgreSQL the label is from right before the write, until `number_after_write`.
    """
    if not is_writing():
        return
    engine, written = session.get_bind().engine, session.info.pop("written")
    session.info["snapshot"] = written
    if engine.dialect.name == "postgresql":
        session.info["before_write"] = written
    elif snapshot := Snapshot.parse(written):
        own_writes(engine).add(snapshot.number - 1, snapshot.number)
