"""Generated queries match messages of the member who runs them."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import select

from bench.fts5 import Fts5Engine
from bench.instances import filled_instance
from bench.search_corpus import Corpus
from bench.search_queries import (
    QUERY_KINDS,
    QueryGenerator,
    SearchQuery,
    searchable_words,
    word_pairs,
)
from linkmsg.db import db
from linkmsg.models import Message, Participation


@dataclass
class QuerySetup:
    generator: QueryGenerator
    fts: Fts5Engine


@pytest.fixture(scope="module")
def setup() -> Iterator[QuerySetup]:
    corpus = Corpus(3_000)
    with filled_instance(lambda _: []) as instance, instance.app.app_context():
        with db.engine.begin() as database:
            corpus.fill(database)
        file = instance.folder / "linkmsg.sqlite"
        with closing(Fts5Engine(file)) as fts, db.engine.connect() as database:
            fts.build()
            yield QuerySetup(QueryGenerator(corpus, database), fts)


def is_stemmed(query: SearchQuery) -> bool:
    """Return whether stemming may hide matches: FTS5 indexes "using" as "use"."""
    return query.match.endswith("*")


def visible_ids(member_id: int) -> set[int]:
    """Return the ids of the messages in a member's conversations."""
    parts = select(Participation.conversation_id).where(Participation.member_id == member_id)
    return {*db.session.scalars(select(Message.id).where(Message.conversation_id.in_(parts)))}


@pytest.mark.parametrize("weight", ["typical", "heavy"])
@pytest.mark.parametrize("kind", [kind for kind in QUERY_KINDS if kind != "has: + date"])
def test_query_finds_only_messages_of_its_member(setup: QuerySetup, kind: str, weight: str):
    for query in setup.generator.of(weight, kind, 8):
        found = setup.fts.find(query)
        assert found or is_stemmed(query), query
        assert {*found} <= visible_ids(query.member_id)
        assert setup.fts.find_by_rowid(query) == found


def test_file_queries_filter_by_date(setup: QuerySetup):
    queries = setup.generator.of("heavy", "has: + date", 8)
    for query in queries:
        assert query.text.startswith("has:file after:")
        assert query.text.rpartition(":")[2] < query.after
        for id in setup.fts.find(query):
            message = db.session.get_one(Message, id)
            assert f"{message.created_at:%Y-%m-%d}" >= query.after
    assert any(map(setup.fts.find, queries))


def test_from_query_filters_by_author(setup: QuerySetup):
    query = next(iter(setup.generator.of("heavy", "from: + word", 1)))
    assert setup.fts.find(query)
    assert not setup.fts.find(replace(query, handle="nobody"))


def test_results_are_newest_first(setup: QuerySetup):
    several = [setup.fts.find(query) for query in setup.generator.of("heavy", "common word", 20)]
    assert max(map(len, several)) > 3
    assert several == [sorted(found, reverse=True) for found in several]


def test_searchable_words_have_only_letters():
    text = "Don't write to me@example.com, it's https://example.com/page or page-7 Thursday."
    assert searchable_words(text) == ["write", "thursday"]


def test_phrase_does_not_cross_a_comma():
    assert word_pairs("Big plans, said Ana and nobody else.") == [
        ("big", "plans"),
        ("said", "ana"),
        ("and", "nobody"),
        ("nobody", "else"),
    ]
