"""Whatever is said, changed, merged and restarted: what is found is what a look at all finds."""

import random

import pytest

from linkmsg.db import db
from linkmsg.models import Message
from linkmsg.search.feed.indexer import Indexer
from tests import people
from tests.search.conftest import bodies, found
from tests.search.feed.test_backoff import Here
from tests.search.index.test_search_index import change

WORDS = ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot"]


@pytest.fixture
def index(inside):
    return inside.extensions["linkmsg.search"]


@pytest.fixture
def follow(index):
    """Let a writer tell some or all, and end it or go on with it."""
    made = []

    def go(again):
        if again or not made:
            for old in made[-1:]:
                old.close()
            made.append(Indexer(index))
            made[-1].child = Here(index)
        db.session.rollback()
        made[-1].run()

    yield go
    made[-1].close()


@pytest.mark.parametrize("seed", range(2))
def test_what_is_found_is_what_is_there(index, follow, ana, bo, monkeypatch, seed):
    monkeypatch.setattr("linkmsg.search.feed.batching.MAX_MESSAGES", 2)
    monkeypatch.setattr("linkmsg.search.feed.indexer.RUN_SECONDS", 0.05)
    chance = random.Random(seed)
    said = []
    for step in range(12):
        new = [f"{step}x{number} {text(chance)}" for number in range(chance.randrange(1, 5))]
        people.talk(*chance.sample([ana, bo], 2), *new)
        said += new
        for old in chance.sample(said, min(2, len(said))):
            now = f"{old.split()[0]} {text(chance)}"
            change(old, now)
            said[said.index(old)] = now
        for _ in range(chance.randrange(4)):
            follow(again=chance.random() < 0.2)
        compare(ana, said)
    for _ in range(60):
        follow(again=False)
    assert index.state().checkpoint == db.session.scalar(db.select(db.func.max(Message.change)))
    assert len(index.state().segments) < 16
    compare(ana, said)


def text(chance):
    return " ".join(chance.choices(WORDS, k=chance.randrange(5)))


def compare(ana, said):
    """Each word alone, each without another and each in a phrase, the newest first."""
    for word in WORDS:
        there = [each for each in said if word in each.split()]
        assert bodies(ana, word, size=100) == there[::-1], word
        assert found(ana, word).total == len(there), word
        row = [each for each in there if f"{word} bravo" in each]
        assert bodies(ana, f'"{word} bravo"', size=100) == row[::-1], word
        left = [each for each in there if "alpha" not in each.split()]
        assert bodies(ana, f"{word} -alpha", size=100) == left[::-1], word
