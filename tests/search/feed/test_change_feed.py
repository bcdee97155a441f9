"""However messages are sent, edited and indexed, a search finds what a scan of all finds."""

import random

import pytest

from linkmsg.db import db
from linkmsg.models import Message
from tests import people
from tests.support.search import bodies, edit_message, local_indexer, run_once, search

WORDS = ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot"]


@pytest.fixture
def run_some(index):
    """Return a function that lets an indexer work for a turn, the same one or a new one."""
    indexers = []

    def run(*, restarted):
        if restarted or not indexers:
            for old in indexers[-1:]:
                old.close()
            indexers.append(local_indexer(index))
        run_once(indexers[-1])

    yield run
    indexers[-1].close()


@pytest.mark.parametrize("seed", range(2))
def test_search_finds_what_a_scan_finds(index, run_some, ana, bo, monkeypatch, seed):
    monkeypatch.setattr("linkmsg.search.feed.batching.MAX_MESSAGES", 2)
    monkeypatch.setattr("linkmsg.search.feed.indexer.RUN_SECONDS", 0)
    chance = random.Random(seed)
    texts = []
    for step in range(12):
        new = [f"{step}x{number} {text(chance)}" for number in range(chance.randrange(1, 5))]
        people.talk(*chance.sample([ana, bo], 2), *new)
        texts += new
        for old in chance.sample(texts, min(2, len(texts))):
            edited = f"{old.split()[0]} {text(chance)}"
            edit_message(old, edited)
            texts[texts.index(old)] = edited
        for _ in range(chance.randrange(4)):
            run_some(restarted=chance.random() < 0.2)
        compare(ana, texts)
    last = db.session.scalar(db.select(db.func.max(Message.change)))
    for _ in range(1000):
        run_some(restarted=False)
        if index.state().checkpoint == last and len(index.state().segments) < 16:
            break
    assert index.state().checkpoint == last
    assert len(index.state().segments) < 16
    compare(ana, texts)


def text(chance):
    return " ".join(chance.choices(WORDS, k=chance.randrange(5)))


def compare(ana, texts):
    """Compare searches with a scan: a word, one without another, and one in a phrase."""
    for word in WORDS:
        matching = [each for each in texts if word in each.split()]
        page = search(ana, word, size=100)
        assert [hit.message.body for hit in page.hits] == matching[::-1], word
        assert page.total == len(matching), word
        phrases = [each for each in matching if f"{word} bravo" in each]
        assert bodies(ana, f'"{word} bravo"', size=100) == phrases[::-1], word
        others = [each for each in matching if "alpha" not in each.split()]
        assert bodies(ana, f"{word} -alpha", size=100) == others[::-1], word
