"""What the bench looks for is there to be found, by the member who looks."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import select

from bench.corpus import Corpus
from bench.fts import FTS5
from bench.place import filled
from bench.queries import KINDS, Query, Searches, couples, words
from linkmsg.db import db
from linkmsg.models import Message, Participation


@dataclass
class Here:
    searches: Searches
    fts: FTS5


@pytest.fixture(scope="module")
def here() -> Iterator[Here]:
    corpus = Corpus(3_000)
    with filled(lambda _: []) as place, place.app.app_context():
        with db.engine.begin() as database:
            corpus.fill(database)
        file = place.folder / "linkmsg.sqlite"
        with closing(FTS5(file)) as fts, db.engine.connect() as database:
            fts.build()
            yield Here(Searches(corpus, database), fts)


def is_stemmed(query: Query) -> bool:
    """Whether FTS5 may have lost it: what begins with "usi" is kept as "use"."""
    return query.match.endswith("*")


def hers(member_id: int) -> set[int]:
    """The ids of the messages that a member may find."""
    parts = select(Participation.conversation_id).where(Participation.member_id == member_id)
    return {*db.session.scalars(select(Message.id).where(Message.conversation_id.in_(parts)))}


@pytest.mark.parametrize("weight", ["typical", "heavy"])
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "has: + date"])
def test_who_looks_finds_something_of_her_own(here: Here, kind: str, weight: str):
    for query in here.searches.of(weight, kind, 8):
        found = here.fts.find(query)
        assert found or is_stemmed(query), query
        assert {*found} <= hers(query.member_id)
        assert here.fts.find_by_rowid(query) == found


def test_files_are_looked_for_by_their_date(here: Here):
    queries = here.searches.of("heavy", "has: + date", 8)
    for query in queries:
        assert query.text.startswith("has:file after:")
        assert query.text.rpartition(":")[2] < query.after
        for id in here.fts.find(query):
            message = db.session.get_one(Message, id)
            assert f"{message.created_at:%Y-%m-%d}" >= query.after
    assert any(map(here.fts.find, queries))


def test_what_is_found_is_of_the_member_who_is_named(here: Here):
    query = next(iter(here.searches.of("heavy", "from: + word", 1)))
    assert here.fts.find(query)
    assert not here.fts.find(replace(query, handle="nobody"))


def test_the_newest_is_found_first(here: Here):
    several = [here.fts.find(query) for query in here.searches.of("heavy", "common word", 20)]
    assert max(map(len, several)) > 3
    assert several == [sorted(found, reverse=True) for found in several]


def test_words_are_of_letters_alone():
    text = "Don't write to me@example.com, it's https://example.com/page or page-7 Thursday."
    assert words(text) == ["write", "thursday"]


def test_a_phrase_crosses_no_comma():
    assert couples("Big plans, said Ana and nobody else.") == [
        ("big", "plans"),
        ("said", "ana"),
        ("and", "nobody"),
        ("nobody", "else"),
    ]
