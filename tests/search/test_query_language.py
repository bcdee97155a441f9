"""Each row of the language of a search finds the messages that it asks for."""

from datetime import UTC, datetime

import pytest
import time_machine

from tests import people
from tests.support.query_language import CLAUSES, MESSAGES, NOTED, NOTES, ROWS
from tests.support.search import search


@pytest.fixture
def reader(ana, bo, dee):
    """Ana, connected to Bo and Dee, with the messages above, each sent at its time."""
    people.connect(ana, dee)
    persons = {"ana": ana, "bo": bo, "dee": dee}
    for author, recipient, at, body in MESSAGES:
        with time_machine.travel(datetime.fromisoformat(at).replace(tzinfo=UTC), tick=False):
            people.talk(persons[author], persons[recipient], body)
    return ana


@pytest.fixture(autouse=True)
def today():
    """Make today the day of the last message."""
    with time_machine.travel(datetime(2026, 11, 26, 12, tzinfo=UTC)):
        yield


def names(page):
    """Return the first words of the messages of a page."""
    return [hit.message.body.split()[0] for hit in page.hits]


def test_each_row_of_the_language_finds_its_messages(index_all, reader):
    index_all()
    noted = set()
    for text, expected in ROWS.items():
        page = search(reader, text)
        assert names(page) == expected, text
        if page.query.notes:
            noted.add(text)
    assert noted == NOTED


def test_best_order_finds_the_same(maybe_index, reader):
    maybe_index()
    for text in CLAUSES:
        assert set(names(search(reader, text, best=True))) == set(ROWS[text]), text


def test_unindexed_messages_are_found_by_each_clause(inside, reader):
    for text in CLAUSES:
        assert names(search(reader, text)) == ROWS[text], text


def test_what_is_not_understood_has_a_note(inside, reader):
    for text, note in NOTES.items():
        assert search(reader, text).query.notes == [note], text


def test_name_of_several_words_is_one_filter(inside, reader):
    text = "office from:Bo Lindqvist has:file"
    asked = search(reader, text).query
    ((name, _), words) = asked.filters, asked.words
    assert (name.value, [word.text for word in words]) == ("Bo Lindqvist", ["office"])
    assert text[slice(*name.span)] == "from:Bo Lindqvist"
