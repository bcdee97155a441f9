"""The index is a copy that can be lost at any time: it follows, and heals itself."""

import os
import shutil
import signal
from pathlib import Path

import pytest
from sqlalchemy import update
from whoosh.index import open_dir
from whoosh.query import And, Not, Term

from linkmsg.config import Settings
from linkmsg.db import db, writing
from linkmsg.models import Message
from linkmsg.models.change_number import NextChangeNumber
from linkmsg.search.feed.indexer import Indexer
from linkmsg.search.index.codec import NAME
from linkmsg.search.index.search_index import SearchIndex
from linkmsg.search.index.store import DAMAGED, INDEX
from tests import people
from tests.search.conftest import bodies, found


@pytest.fixture
def folder(inside):
    return inside.extensions["linkmsg"].search_folder / INDEX


def change(body, new):
    """Write another text on a message, as an edit does."""
    with writing():
        wanted = update(Message).where(Message.body == body)
        db.session.execute(wanted.values(body=new, change=NextChangeNumber()))


def test_what_was_just_written_is_found_before_and_after_it_is_indexed(indexed, feeder, ana, bo):
    people.talk(ana, bo, "alpha word")
    assert bodies(ana, "word") == ["alpha word"]
    indexed()
    people.talk(ana, bo, "bravo word")
    assert bodies(ana, "word") == ["bravo word", "alpha word"]
    indexed()
    assert bodies(ana, "word") == ["bravo word", "alpha word"]
    assert feeder.index.state().checkpoint == db.session.query(db.func.max(Message.change)).scalar()


def test_another_text_of_a_message_follows_at_its_place(indexed, ana, bo):
    people.talk(ana, bo, "alpha word", "bravo word", "charlie word")
    indexed()
    change("alpha word", "alpha changed to something")
    for _ in range(2):
        assert bodies(ana, "word") == ["charlie word", "bravo word"]
        assert bodies(ana, "something") == ["alpha changed to something"]
        assert found(ana, "alpha").total == 1
        indexed()
    change("bravo word", "")
    for _ in range(2):
        assert bodies(ana, "bravo") == []
        assert bodies(ana, "from:me something -word") == ["alpha changed to something"]
        indexed()


def test_an_edit_does_not_make_a_message_newer(indexed, ana, bo):
    people.talk(ana, bo, "alpha word", "bravo word")
    indexed()
    change("alpha word", "alpha word again")
    for _ in range(2):
        assert bodies(ana, "word") == ["bravo word", "alpha word again"]
        indexed()


def spoil_all(folder, spoil):
    for file in folder.iterdir():
        if file.is_file():
            spoil(file)


def truncate(file):
    os.truncate(file, file.stat().st_size // 2)


def scramble(file):
    size = file.stat().st_size
    file.write_bytes(os.urandom(size))


def blank(file):
    file.write_bytes(bytes(file.stat().st_size))


DAMAGES = {
    "all of it is gone": shutil.rmtree,
    "its files are gone": lambda folder: spoil_all(folder, Path.unlink),
    "its files are cut": lambda folder: spoil_all(folder, truncate),
    "its files are empty": lambda folder: spoil_all(folder, lambda file: os.truncate(file, 0)),
    "its files are noise": lambda folder: spoil_all(folder, scramble),
    "its files are zeros": lambda folder: spoil_all(folder, blank),
    "its columns are zeros": lambda folder: [blank(each) for each in folder.glob("*.doc")],
    "its contents are gone": lambda folder: [each.unlink() for each in folder.glob("*.toc")],
    "its terms are gone": lambda folder: [each.unlink() for each in folder.glob("*.trm")],
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("known", [True, False], ids=["in use", "not opened yet"])
def test_a_damaged_index_is_made_anew_while_all_goes_on(
    inside, indexed, feeder, folder, ana, bo, damage, known
):
    people.talk(ana, bo, "alpha word", "bravo word")
    indexed()
    assert bodies(ana, "word") == ["bravo word", "alpha word"]
    if not known:
        feeder.index = SearchIndex(folder.parent, feeder.index.language)
        inside.extensions["linkmsg.search"] = feeder.index
    DAMAGES[damage](folder)
    found(ana, "word")
    people.talk(ana, bo, "charlie word")
    found(ana, "word")
    indexed()
    assert bodies(ana, "word") == ["charlie word", "bravo word", "alpha word"]


def test_a_writer_that_is_killed_loses_nothing(indexed, feeder, ana, bo):
    people.talk(ana, bo, "alpha word")
    indexed()
    os.kill(feeder.child.pid, signal.SIGKILL)
    people.talk(ana, bo, "bravo word")
    feeder.run()
    indexed()
    assert bodies(ana, "word") == ["bravo word", "alpha word"]
    assert not (feeder.index.folder / DAMAGED).exists()


def test_only_one_of_two_writes(inside, indexed, feeder, ana, bo):
    people.talk(ana, bo, "alpha word")
    indexed()
    other = Indexer(inside.extensions["linkmsg.search"])
    people.talk(ana, bo, "bravo word")
    other.run()
    assert other.child.pid is None
    feeder.close()
    other.run()
    assert other.child.pid is not None
    assert other.index.state().checkpoint > 0
    other.close()


def test_another_language_makes_another_index(inside, indexed, folder, ana, bo):
    people.talk(ana, bo, "Die Häuser sind alt")
    indexed()
    assert bodies(ana, "haus sind") == []
    index = SearchIndex(folder.parent, "de")
    inside.extensions["linkmsg.search"] = index
    assert index.state().checkpoint == 0
    assert bodies(ana, "haus sind") == ["Die Häuser sind alt"]
    other = Indexer(index)
    inside.extensions["linkmsg.search"] = index
    other.run()
    assert index.state().checkpoint == 0  # the writer of the other language still holds it


def test_progress_is_told_while_much_is_not_yet_known(inside, ana, bo, monkeypatch):
    monkeypatch.setattr("linkmsg.search.feed.change_feed.MAX_MEMBER_CHANGES", 3)
    people.talk(ana, bo, *(f"word {number}" for number in range(8)))
    assert found(ana, "word").progress == 0.0


def test_there_is_no_progress_to_tell_of_a_whole_index(indexed, ana, bo, monkeypatch):
    monkeypatch.setattr("linkmsg.search.feed.change_feed.MAX_MEMBER_CHANGES", 3)
    people.talk(ana, bo, *(f"word {number}" for number in range(8)))
    indexed()
    assert found(ana, "word").progress is None


def test_it_is_an_index_of_whoosh(indexed, folder, ana, bo):
    people.talk(ana, bo, "alpha word", "bravo word")
    indexed()
    index = open_dir(str(folder), indexname=NAME)
    scope = f"{ana.id}\x1f".encode()
    with index.searcher() as searcher:
        word, alpha = Term("text", scope + b"word"), Term("text", scope + b"alpha")
        assert len(searcher.search(word)) == 2
        assert len(searcher.search(And([word, alpha]))) == 1
        (hit,) = searcher.search(And([word, Not(alpha)]))
        assert db.session.get(Message, hit["message"]).body == "bravo word"


def test_settings_name_the_folder(settings: Settings):
    assert settings.search_folder == settings.data_dir / "search"
