"""Snapshots: numbered states of the database, to know which of two pages is newer.

The database counts its writes. Each page, response and WebSocket message (frame) carries a label
that says which writes it shows, such as `5f0c2a91.118`: an epoch and a number. In one epoch, a
higher number contains every write that a lower one contains, whichever process has read them. A
label may be older than the data beside it, never newer. A page that receives the same thing in
two ways (a response and a frame) keeps the one with the higher number.

An epoch begins whenever a server starts. So a page from before a restart, or from before the
database was replaced by an older copy, has another epoch than everything later. Its number can't
be compared, so it has to catch up: fetch whatever may have changed.
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
    """Count the committed writes: their number is the sum over all rows; row 0 has the epoch."""

    __tablename__ = "snapshot_counter"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    epoch: Mapped[str] = mapped_column(String(16))
    number: Mapped[int] = mapped_column(BigInteger)

    @classmethod
    def label(cls) -> ScalarSelect[str]:
        """Return a column to add to a query: the label of the state that the query reads.

        Add it to the first query of a request: on SQLite the later ones read the same state, on
        PostgreSQL (READ COMMITTED) the same or a later one.
        """
        total = cast(func.sum(cls.number), String)
        return select(func.max(cls.epoch) + "." + total).scalar_subquery()


@dataclass(frozen=True)
class Snapshot:
    """The two parts of a label such as `5f0c2a91.118`: the epoch and the number of writes."""

    epoch: str
    number: int

    @classmethod
    def parse(cls, label: str | None) -> Self | None:
        """Split a label into its two parts; None if it is missing or malformed."""
        epoch, _, number = (label or "").partition(".")
        if not (epoch and number.isascii() and number.isdecimal() and len(number) < 19):
            return None
        return cls(epoch, int(number))


def label() -> str:
    """Return the label of the state that this database session has read; "" if none was read."""
    return str(db.session.info.get("snapshot") or "")


def remember(read: str | None) -> None:
    """Store a label, which a query read, in the database session; `label` returns it."""
    db.session.info["snapshot"] = read


def number_after_write() -> int:
    """Return a snapshot number that contains what this database session has written.

    Every page that does not show the write has a lower number. On PostgreSQL it takes a query
    after the commit, since the order of commits is not known before. 0 if the label is malformed.
    """
    before = Snapshot.parse(db.session.info.pop("before_write", None))
    if before or not label():
        remember(db.session.scalar(select(SnapshotCounter.label())))
    now = Snapshot.parse(label())
    if before and now:
        own_writes(db.engine).add(before.number, now.number)
    return now.number if now else 0


def number_to_compare(page: str) -> int | None:
    """Return the number in a page's label; None if the page must fetch changes in any case.

    It must if its label is malformed or of another epoch, or if another process may have written
    since: this process does not know which members that concerned. Before the call, the database
    session must have read a label itself.
    """
    shown, now = Snapshot.parse(page), Snapshot.parse(label())
    if shown is None or now is None or shown.epoch != now.epoch:
        return None
    return shown.number if own_writes(db.engine).cover(shown.number, now.number) else None


def own_writes(engine: Engine) -> OwnWrites:
    """Return the `OwnWrites` of a database engine (each app has its own); create it at first."""
    return _own_writes.setdefault(engine, OwnWrites())


def count_writes() -> None:
    """Let every commit of a write raise the number of the snapshot, from now on."""
    if not event.contains(Session, "before_commit", _count_write):
        event.listen(Session, "before_commit", _count_write)
        event.listen(Session, "after_commit", _label_write)


def _count_write(session: Session) -> None:
    """Count a write before its commit, as late as possible: other writers wait for this row."""
    if is_writing():
        connection = session.connection()
        count = COUNT_WRITE[connection.dialect.name]
        session.info["written"] = connection.exec_driver_sql(count).scalar()


def _label_write(session: Session) -> None:
    """Give the database session a label that contains its own write, after the commit.

    On PostgreSQL the label may miss the write until `number_after_write` reads a new one.
    """
    if not is_writing():
        return
    engine, written = session.get_bind().engine, session.info.pop("written")
    session.info["snapshot"] = written
    if engine.dialect.name == "postgresql":
        session.info["before_write"] = written
    elif snapshot := Snapshot.parse(written):
        own_writes(engine).add(snapshot.number - 1, snapshot.number)
