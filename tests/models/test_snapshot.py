"""Labels of snapshots: they come from the database, and order what is read from it."""

import pytest
from sqlalchemy import delete, select

from linkmsg.actions import snapshots
from linkmsg.db import db, writing
from linkmsg.models import Instance, snapshot
from linkmsg.models.own_writes import OwnWrites
from linkmsg.models.snapshot import Snapshot, SnapshotCounter
from tests.support.listeners import label_now
from tests.test_db import elsewhere, interrupted, place


def now(app):
    """Return the snapshot that another session would read."""
    return Snapshot.parse(label_now(app))


def write(name):
    """Write, and return the number of the write."""
    with writing():
        if (found := db.session.get(Instance, 1)) is None:
            db.session.add(place(name))
        else:
            found.name = name
    return snapshot.number_after_write()


def test_each_write_has_a_higher_number(app):
    numbers = [now(app).number]
    for name in ("One", "Two", "Three"):
        with app.app_context():
            numbers.append(write(name))
        assert now(app).number == numbers[-1]
    assert numbers == sorted(set(numbers))


def test_reading_does_not_change_the_number(app, ana):
    assert ana.token
    before = now(app)
    assert ana.get("/messaging").status_code == 200
    assert now(app) == before


def test_page_rendered_during_a_write_has_a_lower_number(app, inside):
    with writing():
        db.session.add(place())
        db.session.flush()
        during = elsewhere(
            app, lambda: Snapshot.parse(db.session.scalar(select(SnapshotCounter.label())))
        )
    assert snapshot.number_after_write() > during.number


def test_failed_write_leaves_label_and_own_writes_alone(app, inside):
    with writing():
        pass
    number = snapshot.number_after_write()
    with pytest.raises(ZeroDivisionError):
        interrupted(ZeroDivisionError)
    assert Snapshot.parse(snapshot.label()).number == number
    db.session.commit()
    assert Snapshot.parse(snapshot.label()).number == number
    assert snapshot.own_writes(db.engine).end == number


def test_label_after_a_write_is_at_least_the_number_of_the_write(inside):
    number = write("Harbour")
    assert Snapshot.parse(snapshot.label()).number >= number
    assert Snapshot.parse(db.session.scalar(select(SnapshotCounter.label()))).number >= number


def test_new_epoch_keeps_counting_and_is_not_comparable(inside):
    write("Harbour")
    before = snapshot.label()
    snapshots.start_epoch()
    after = snapshot.number_after_write()
    assert after > Snapshot.parse(before).number
    assert Snapshot.parse(snapshot.label()).epoch != Snapshot.parse(before).epoch
    assert snapshot.number_to_compare(before) is None
    assert snapshot.number_to_compare(snapshot.label()) == after


@pytest.mark.parametrize(
    "label",
    [
        *("", ".", "00000000.999999"),
        *("{epoch}", "{epoch}.", "{epoch}.-1", "{epoch}.x", "{epoch}.²", "{epoch}." + "9" * 99),
        "{epoch}.999999999",
    ],
)
def test_malformed_or_foreign_label_is_not_comparable(inside, label):
    number = write("Harbour")
    epoch = Snapshot.parse(snapshot.label()).epoch
    assert snapshot.number_to_compare(f"{epoch}.{number}") == number
    assert snapshot.number_to_compare(label.format(epoch=epoch)) is None


def test_page_of_a_newer_database_is_not_comparable_with_a_copy(app, inside):
    """Return to an older copy, and write until the numbers reach those given out before."""
    write("Harbour")
    page = snapshot.label()
    with writing():
        db.session.execute(delete(Instance))
    snapshots.start_epoch()  # the server starts on the copy
    for name in ("One", "Two", "Three"):
        write(name)
    assert snapshot.number_to_compare(page) is None


def test_database_without_the_counter_has_no_labels(app, ana):
    with app.app_context():
        rows = [(each.id, each.epoch) for each in db.session.scalars(select(SnapshotCounter))]
        db.session.execute(delete(SnapshotCounter))
        db.session.commit()
    try:
        assert label_now(app) is None
        assert 'data-snapshot=""' in ana.get("/messaging").text
        with app.app_context():
            write("Harbour")
            assert snapshot.number_to_compare("") is None
    finally:
        with app.app_context():
            db.session.add_all(SnapshotCounter(id=id, epoch=epoch, number=0) for id, epoch in rows)
            db.session.commit()


class TestOwnWrites:
    def test_cover_nothing_at_first_but_no_change(self):
        writes = OwnWrites()
        assert writes.cover(7, 7)
        assert not writes.cover(6, 7)

    def test_cover_a_range_without_gaps(self):
        writes = OwnWrites()
        for number in (11, 12, 13):
            writes.add(number - 1, number)
        assert writes.cover(10, 13)
        assert writes.cover(12, 13)
        assert not writes.cover(9, 13)
        assert not writes.cover(13, 14)
        assert not writes.cover(14, 13)

    def test_begin_again_after_a_write_of_another_process(self):
        writes = OwnWrites()
        writes.add(10, 11)
        writes.add(12, 13)
        assert writes.cover(12, 13)
        assert not writes.cover(11, 13)

    def test_cover_writes_that_overlap(self):
        writes = OwnWrites()
        writes.add(10, 11)
        writes.add(10, 12)
        assert writes.cover(10, 12)

    def test_do_not_cover_what_may_be_of_another_process(self):
        writes = OwnWrites()
        writes.add(10, 12)
        assert not writes.cover(10, 12)
        assert not writes.cover(11, 12)
        writes.add(10, 12)
        assert not writes.cover(11, 12)
