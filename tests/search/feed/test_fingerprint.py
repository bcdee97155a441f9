"""An index of another database, or of a later state of this one, is made again."""

import pytest
from sqlalchemy import delete

from linkmsg.db import db, writing
from linkmsg.models import Message
from tests import people
from tests.support.search import bodies, edit_message, local_indexer, run_until_done, search


@pytest.fixture
def talk(index_all, ana, bo):
    """A conversation of three messages that are in the index."""
    made = people.talk(ana, bo, "alpha word", "bravo word", "zanzibar word")
    index_all()
    return made


def restore(last):
    """Restore the database to where the message with this text was the last."""
    with writing():
        last_id = db.session.scalar(db.select(Message.id).where(Message.body == last))
        db.session.execute(delete(Message).where(Message.id > last_id))


@pytest.fixture
def restart(indexer):
    """Return a function that starts another indexer and puts all messages into the index."""

    def index_again():
        indexer.close()
        other = local_indexer(indexer.index)
        run_until_done(other)
        other.close()

    return index_again


@pytest.mark.parametrize("sent", [0, 1, 2, 4])
def test_index_of_a_restored_database_is_made_again(talk, restart, ana, bo, sent):
    restore("alpha word")
    fresh = [f"fresh {number}" for number in range(sent)]
    people.talk(bo, ana, *fresh) if fresh else None
    restart()
    assert bodies(ana, "zanzibar") == []
    assert search(ana, "word").total == 1
    assert bodies(ana, "fresh") == fresh[::-1]
    people.talk(ana, bo, "delta word")
    restart()
    assert bodies(ana, "word") == ["delta word", "alpha word"]


def test_edits_lost_by_a_restore_are_not_found(talk, index_all, restart, ana, bo):
    edit_message("alpha word", "alpha zebra")
    edit_message("bravo word", "bravo zebra")
    index_all()
    assert search(ana, "zebra").total == 2
    edit_message("alpha zebra", "alpha word", change=1)
    edit_message("bravo zebra", "bravo word", change=2)
    people.talk(ana, bo, *(f"fresh {number}" for number in range(4)))
    restart()
    assert bodies(ana, "zebra") == []
    assert search(ana, "word").total == 3
    assert search(ana, "fresh").total == 4


def test_index_of_the_same_database_is_continued(talk, index_all, indexer, ana, bo):
    before = indexer.index.state().segments[0][0].segid
    edit_message("zanzibar word", "zanzibar again")
    index_all()
    people.talk(ana, bo, "delta word")
    edit_message("alpha word", "alpha again")
    index_all()
    assert indexer.index.state().segments[0][0].segid == before
