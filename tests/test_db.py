"""The database: one way to write, moments in UTC, and SQLite as it should be."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from threading import Event, Thread

import pytest
from sqlalchemy import Text, cast, delete, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError

from linkmsg.db import UTCDateTime, db, on_sqlite, writing
from linkmsg.models import Connection, Instance, Member, MemberSession
from tests.conftest import POSTGRES
from tests.support.unsynced import sync_again

NOW = datetime(2026, 3, 10, 12, 30, 15, 123456, tzinfo=UTC)
sqlite_only = pytest.mark.skipif(bool(POSTGRES), reason="PostgreSQL has no pragmas")


def place(name="Harbour", at=NOW):
    return Instance(id=1, name=name, set_up_at=at)


def named():
    """What the place is called, as another connection sees it."""
    with db.engine.connect() as other:
        return other.scalar(select(Instance.name))


def elsewhere(app, look):
    """What another thread sees."""

    def run():
        with app.app_context():
            return look()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def interrupted(fault):
    """Begin to write, and meet a fault."""
    with writing():
        db.session.add(place())
        db.session.flush()
        raise fault()


def write_again():
    """Write, which nothing refused."""
    with writing():
        pass
    return ValueError()


def test_what_is_written_is_there_for_others_when_it_ends(inside):
    with writing():
        db.session.add(place())
        db.session.flush()
        assert elsewhere(inside, named) is None
    assert elsewhere(inside, named) == "Harbour"


def test_a_fault_rolls_back_everything(inside):
    with pytest.raises(ZeroDivisionError):
        interrupted(ZeroDivisionError)
    assert named() is None
    with writing():
        db.session.add(place("After"))
    assert named() == "After"


@pytest.mark.parametrize("fault", [KeyboardInterrupt, SystemExit])
def test_an_interruption_rolls_back_too(inside, fault):
    with pytest.raises(fault):
        interrupted(fault)
    assert named() is None


def test_a_write_inside_a_write_is_refused_and_undoes_both(inside):
    with pytest.raises(RuntimeError, match="inside another"):
        interrupted(write_again)
    assert named() is None
    with writing():
        db.session.add(place("After"))
    assert named() == "After"


def test_changes_outside_a_write_are_refused_and_never_swept_in(inside, ana):
    db.session.add(place())
    with pytest.raises(RuntimeError, match="outside any"), writing():
        pass
    db.session.rollback()
    ana.member().name = "Somebody else"
    with pytest.raises(RuntimeError, match="outside any"), writing():
        pass
    db.session.rollback()
    assert ana.member().name == "Ana Ruiz"


def test_a_writer_waits_for_another_and_then_sees_what_it_wrote(app):
    started, seen = Event(), []

    def second():
        with app.app_context():
            started.set()
            with writing():
                locked = select(Instance).where(Instance.id == 1).with_for_update()
                seen.append(db.session.scalars(locked).one().name)

    with app.app_context():
        with writing():
            db.session.add(place("First"))
        thread = Thread(target=second)
        with writing():
            locked = select(Instance).where(Instance.id == 1).with_for_update()
            db.session.scalars(locked).one().name = "Second"
            db.session.flush()
            thread.start()
            assert started.wait(10)
        thread.join(10)
    assert seen == ["Second"]


@sqlite_only
def test_sqlite_has_its_pragmas_on_every_connection(inside, monkeypatch):
    sync_again(monkeypatch)
    assert on_sqlite()
    for _ in range(2):
        with db.engine.connect() as one, db.engine.connect() as other:
            for connection in (one, other):
                pragmas = {
                    name: connection.scalar(text(f"PRAGMA {name}"))
                    for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
                }
                assert pragmas == {
                    "journal_mode": "wal",
                    "synchronous": 2,
                    "foreign_keys": 1,
                    "busy_timeout": 5000,
                }
        db.engine.dispose()


@sqlite_only
def test_sqlite_writers_begin_as_writers_and_readers_do_not(inside):
    said = []
    listen(db.session.connection(), said)
    db.session.commit()
    db.session.scalar(select(Instance.name))
    with writing():
        db.session.scalar(select(Instance.name))
    begun = [each for each in said if not each.startswith(("SELECT", "UPDATE snapshot_counter"))]
    assert begun == ["COMMIT", "BEGIN", "COMMIT", "BEGIN IMMEDIATE", "COMMIT"]


def listen(connection, said):
    """Note all that a connection of the pool, which has no other, says to SQLite."""
    connection.connection.dbapi_connection.set_trace_callback(said.append)


@sqlite_only
def test_a_database_that_is_locked_is_a_fault_like_any_other(inside, settings):
    with closing(sqlite3.connect(settings.data_dir / "linkmsg.sqlite")) as other:
        other.execute("BEGIN IMMEDIATE")
        db.session.execute(text("PRAGMA busy_timeout = 1"))
        with pytest.raises(OperationalError, match="database is locked"), writing():
            db.session.scalar(select(Instance.name))
    with writing():
        db.session.add(place("After"))
    assert named() == "After"


def test_foreign_keys_hold(inside, ana, bo):
    with pytest.raises(IntegrityError), writing():
        db.session.add(Connection(member_id=ana.id, peer_id=999, since=NOW))
    with writing():
        db.session.execute(delete(Member).where(Member.id == bo.id))
    assert db.session.scalars(select(Connection)).all() == []


def test_there_is_one_instance_at_the_most(inside):
    with writing():
        db.session.add(place())
    for id in (1, 2):
        with pytest.raises(IntegrityError), writing():
            db.session.add(Instance(id=id, name="Another", set_up_at=NOW))


@pytest.mark.parametrize("hours", [-11, 0, 5.75, 14])
def test_time_of_any_zone_comes_back_as_the_same_time_in_utc(inside, hours):
    there = NOW.astimezone(timezone(timedelta(hours=hours)))
    with writing():
        db.session.add(place(at=there))
    db.session.expire_all()
    kept = db.session.scalars(select(Instance.set_up_at)).one()
    assert kept == NOW
    assert kept.tzinfo is UTC
    assert kept.isoformat() == NOW.isoformat()
    assert db.session.scalar(select(Instance.name).where(Instance.set_up_at == there))


@sqlite_only
def test_what_sqlite_keeps_is_utc_and_sorts_as_time_does(inside):
    with writing():
        db.session.add(place(at=NOW.astimezone(timezone(timedelta(hours=9)))))
    assert db.session.scalar(select(cast(Instance.set_up_at, Text))) == "2026-03-10 12:30:15.123456"


def test_a_moment_without_a_zone_is_refused(inside):
    with pytest.raises(StatementError, match="without a zone"), writing():
        db.session.add(place(at=NOW.replace(tzinfo=None)))
    assert named() is None


def test_no_moment_stays_no_moment(inside, ana):
    assert ana.member().closed_at is None
    kind = MemberSession.__table__.c.created_at.type
    assert isinstance(kind, UTCDateTime)
