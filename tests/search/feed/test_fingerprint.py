"""An index that has read another database, or a later state of this one, is made anew."""

import pytest
from sqlalchemy import delete, update

from linkmsg.db import db, writing
from linkmsg.models import Message
from linkmsg.models.change_number import NextChangeNumber
from linkmsg.search.feed.indexer import Indexer
from tests import people
from tests.search.conftest import bodies, found


@pytest.fixture
def talk(indexed, ana, bo):
    """A conversation of three messages that the index has read."""
    made = people.talk(ana, bo, "alpha word", "bravo word", "zanzibar word")
    indexed()
    return made


def restore(last):
    """Let the database be as it was when the message with this text was the last."""
    with writing():
        kept = db.session.scalar(db.select(Message.id).where(Message.body == last))
        db.session.execute(delete(Message).where(Message.id > kept))


def edit(body, new, **values):
    with writing():
        wanted = update(Message).where(Message.body == body)
        db.session.execute(wanted.values({"body": new, "change": NextChangeNumber(), **values}))


@pytest.fixture
def read_again(inside, feeder):
    """The worker begins anew after a restart, and reads all."""

    def read():
        db.session.rollback()
        feeder.close()
        other = Indexer(feeder.index)
        for _ in range(20):
            other.run()
        other.close()

    return read


@pytest.mark.parametrize("said", [0, 1, 2, 4])
def test_a_database_that_was_restored_is_read_anew(talk, read_again, ana, bo, said):
    restore("alpha word")
    fresh = [f"fresh {number}" for number in range(said)]
    people.talk(bo, ana, *fresh) if fresh else None
    read_again()
    assert bodies(ana, "zanzibar") == []
    assert found(ana, "word").total == 1
    assert bodies(ana, "fresh") == fresh[::-1]
    people.talk(ana, bo, "delta word")
    read_again()
    assert bodies(ana, "word") == ["delta word", "alpha word"]


def test_edits_that_a_restored_database_has_lost_are_unsaid(talk, indexed, read_again, ana, bo):
    edit("alpha word", "alpha zebra")
    edit("bravo word", "bravo zebra")
    indexed()
    assert found(ana, "zebra").total == 2
    edit("alpha zebra", "alpha word", change=1)
    edit("bravo zebra", "bravo word", change=2)
    people.talk(ana, bo, *(f"fresh {number}" for number in range(4)))
    read_again()
    assert bodies(ana, "zebra") == []
    assert found(ana, "word").total == 3
    assert found(ana, "fresh").total == 4


def test_what_only_goes_on_is_not_read_anew(talk, indexed, feeder, ana, bo):
    before = feeder.index.state().segments[0][0].segid
    edit("zanzibar word", "zanzibar again")
    indexed()
    people.talk(ana, bo, "delta word")
    edit("alpha word", "alpha again")
    indexed()
    assert feeder.index.state().segments[0][0].segid == before
