"""The word that is suggested for a misspelt one."""

from tests import people
from tests.search.conftest import found
from tests.search.index.test_search_index import change


def test_of_words_as_far_away_the_one_that_begins_alike_is_suggested(read, ana, bo):
    people.talk(ana, bo, "lanterns", *(f"later {number}" for number in range(5)))
    read()
    assert found(ana, "lanterm").suggestion == "lanterns"


def test_a_word_that_was_edited_away_is_suggested_no_more(indexed, ana, bo):
    people.talk(ana, bo, "alpha quicksilver", "bravo")
    assert found(ana, "quicksilvr").suggestion == "quicksilver"
    indexed()
    assert found(ana, "quicksilvr").suggestion == "quicksilver"
    change("alpha quicksilver", "alpha")
    for _ in range(2):
        assert found(ana, "quicksilvr").suggestion == ""
        assert found(bo, "quicksilvr").suggestion == ""
        indexed()


def test_a_word_that_is_left_only_in_what_was_edited_away_is_unknown(indexed, ana, bo):
    people.talk(ana, bo, "quicksilvr", "quicksilver")
    indexed()
    assert found(ana, "quicksilvr").suggestion == ""
    change("quicksilvr", "nothing")
    for _ in range(2):
        assert found(ana, "quicksilvr").suggestion == "quicksilver"
        indexed()


def test_of_words_alike_the_one_in_most_messages_that_are_left_is_suggested(indexed, ana, bo):
    people.talk(ana, bo, "marker", "marker one", "marked", "marked one", "marked two")
    indexed()
    assert found(ana, "markex").suggestion == "marked"
    change("marked one", "")
    change("marked two", "")
    for _ in range(2):
        assert found(ana, "markex").suggestion == "marker"
        indexed()


def test_only_what_finds_something_with_all_the_rest_is_suggested(indexed, ana, bo):
    people.talk(ana, bo, "the marker on the ferry", "marked", "marked twice", "a goat")
    for _ in range(2):
        assert found(ana, "markex").suggestion == "marked"
        assert found(ana, "markex ferry").suggestion == "marker ferry"
        assert found(ana, '"the ferry" markex').suggestion == '"the ferry" marker'
        assert found(ana, "goat markex").suggestion == ""
        assert found(ana, "markex from:bo").suggestion == ""
        indexed()
