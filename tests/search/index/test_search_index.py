"""The index is a copy that can be lost at any time: it is kept up to date, and repaired."""

import os
import shutil
import signal
from pathlib import Path

import pytest
from whoosh.index import open_dir
from whoosh.query import And, Not, Term

from linkmsg.config import Settings
from linkmsg.db import db
from linkmsg.models import Message
from linkmsg.search.feed.indexer import Indexer
from linkmsg.search.index.codec import NAME
from linkmsg.search.index.search_index import SearchIndex
from linkmsg.search.index.store import DAMAGED, INDEX
from tests import people
from tests.support.search import bodies, edit_message, local_indexer, run_until_done, search


@pytest.fixture
def folder(inside):
    """Return the folder with the files of the index."""
    return inside.extensions["linkmsg"].search_folder / INDEX


def test_message_is_found_before_and_after_it_is_indexed(index_all, indexer, ana, bo):
    people.talk(ana, bo, "alpha word")
    assert bodies(ana, "word") == ["alpha word"]
    index_all()
    people.talk(ana, bo, "bravo word")
    assert bodies(ana, "word") == ["bravo word", "alpha word"]
    index_all()
    assert bodies(ana, "word") == ["bravo word", "alpha word"]
    assert (
        indexer.index.state().checkpoint == db.session.query(db.func.max(Message.change)).scalar()
    )


def test_edited_message_is_found_by_its_new_text(index_all, ana, bo):
    people.talk(ana, bo, "alpha word", "bravo word", "charlie word")
    index_all()
    edit_message("alpha word", "alpha changed to something")
    for _ in range(2):
        assert bodies(ana, "word") == ["charlie word", "bravo word"]
        assert bodies(ana, "something") == ["alpha changed to something"]
        assert search(ana, "alpha").total == 1
        index_all()
    edit_message("bravo word", "")
    for _ in range(2):
        assert bodies(ana, "bravo") == []
        assert bodies(ana, "from:me something -word") == ["alpha changed to something"]
        index_all()


def test_edit_does_not_make_a_message_newer(index_all, ana, bo):
    people.talk(ana, bo, "alpha word", "bravo word")
    index_all()
    edit_message("alpha word", "alpha word again")
    for _ in range(2):
        assert bodies(ana, "word") == ["bravo word", "alpha word again"]
        index_all()


def damage_all(folder, damage):
    for file in folder.iterdir():
        if file.is_file():
            damage(file)


def truncate(file):
    os.truncate(file, file.stat().st_size // 2)


def scramble(file):
    size = file.stat().st_size
    file.write_bytes(os.urandom(size))


def blank(file):
    file.write_bytes(bytes(file.stat().st_size))


DAMAGES = {
    "all of it is gone": shutil.rmtree,
    "its files are gone": lambda folder: damage_all(folder, Path.unlink),
    "its files are cut": lambda folder: damage_all(folder, truncate),
    "its files are empty": lambda folder: damage_all(folder, lambda file: os.truncate(file, 0)),
    "its files are noise": lambda folder: damage_all(folder, scramble),
    "its files are zeros": lambda folder: damage_all(folder, blank),
    "its columns are zeros": lambda folder: [blank(each) for each in folder.glob("*.doc")],
    "its contents are gone": lambda folder: [each.unlink() for each in folder.glob("*.toc")],
    "its terms are gone": lambda folder: [each.unlink() for each in folder.glob("*.trm")],
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("is_open", [True, False], ids=["in use", "not opened yet"])
def test_damaged_index_is_rebuilt_while_it_is_searched(
    inside, index_all, indexer, folder, ana, bo, damage, is_open
):
    people.talk(ana, bo, "alpha word", "bravo word")
    index_all()
    assert bodies(ana, "word") == ["bravo word", "alpha word"]
    if not is_open:
        indexer.index = SearchIndex(folder.parent, indexer.index.language)
        inside.extensions["linkmsg.search"] = indexer.index
    DAMAGES[damage](folder)
    search(ana, "word")
    people.talk(ana, bo, "charlie word")
    search(ana, "word")
    index_all()
    assert bodies(ana, "word") == ["charlie word", "bravo word", "alpha word"]


@pytest.fixture
def process_indexer(index):
    """Provide an indexer whose writer is a process of its own."""
    made = Indexer(index)
    yield made
    made.close()


def test_writer_that_is_killed_loses_nothing(process_indexer, ana, bo):
    people.talk(ana, bo, "alpha word")
    run_until_done(process_indexer)
    os.kill(process_indexer.child.pid, signal.SIGKILL)
    people.talk(ana, bo, "bravo word")
    process_indexer.run()
    run_until_done(process_indexer)
    assert bodies(ana, "word") == ["bravo word", "alpha word"]
    assert not (process_indexer.index.folder / DAMAGED).exists()


def test_only_one_of_two_indexers_writes(inside, index_all, indexer, process_indexer, ana, bo):
    people.talk(ana, bo, "alpha word")
    index_all()
    people.talk(ana, bo, "bravo word")
    process_indexer.run()
    assert process_indexer.child.pid is None
    indexer.close()
    process_indexer.run()
    assert process_indexer.child.pid is not None
    assert process_indexer.index.state().checkpoint > 0


def test_index_of_another_language_is_not_read(inside, index_all, folder, ana, bo):
    people.talk(ana, bo, "Die Häuser sind alt")
    index_all()
    assert bodies(ana, "haus sind") == []
    index = SearchIndex(folder.parent, "de")
    inside.extensions["linkmsg.search"] = index
    assert index.state().checkpoint == 0
    assert bodies(ana, "haus sind") == ["Die Häuser sind alt"]
    other = local_indexer(index)
    other.run()
    assert index.state().checkpoint == 0  # the writer of the first language still has the lock


def test_new_index_has_no_progress_yet(inside, ana, bo, monkeypatch):
    monkeypatch.setattr("linkmsg.search.feed.change_feed.MAX_MEMBER_CHANGES", 3)
    people.talk(ana, bo, *(f"word {number}" for number in range(8)))
    assert search(ana, "word").progress == 0.0


def test_complete_index_shows_no_progress(index_all, ana, bo, monkeypatch):
    monkeypatch.setattr("linkmsg.search.feed.change_feed.MAX_MEMBER_CHANGES", 3)
    people.talk(ana, bo, *(f"word {number}" for number in range(8)))
    index_all()
    assert search(ana, "word").progress is None


def test_whoosh_can_read_the_index(index_all, folder, ana, bo):
    people.talk(ana, bo, "alpha word", "bravo word")
    index_all()
    index = open_dir(str(folder), indexname=NAME)
    scope = f"{ana.id}\x1f".encode()
    with index.searcher() as searcher:
        word, alpha = Term("text", scope + b"word"), Term("text", scope + b"alpha")
        assert len(searcher.search(word)) == 2
        assert len(searcher.search(And([word, alpha]))) == 1
        (hit,) = searcher.search(And([word, Not(alpha)]))
        assert db.session.get(Message, hit["message"]).body == "bravo word"


def test_search_folder_is_in_the_data_folder(settings: Settings):
    assert settings.search_folder == settings.data_dir / "search"
