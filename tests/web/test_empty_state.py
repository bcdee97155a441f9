"""What a search without messages says and offers."""

from datetime import date

import pytest
from flask import Flask

from linkmsg.search import Results
from linkmsg.search.query_parser import parse
from linkmsg.web import empty_state
from linkmsg.web.empty_state import EmptyState
from linkmsg.web.search_request import SearchRequest


def state_of(
    app: Flask, text: str, inside: int | None = None, *, has_people: bool = False, **results: bool
) -> EmptyState:
    """Return the empty state of a search for a text."""
    found = Results(query=parse(text, today=date(2026, 11, 30)), **results)
    with app.test_request_context():
        return empty_state.of_search(
            SearchRequest(text, inside=inside), found, has_people=has_people
        )


@pytest.mark.parametrize(
    ("text", "heading", "sentence"),
    [
        ("from:", "Who sent it?", "Choose someone above, or keep typing."),
        ("is:", "Which messages?", "Choose one above, or keep typing."),
        ("before:", "Before which day?", "Choose one above, or keep typing."),
        ("is:starred", "Enter a search term", "Type a word"),
        ("xylophone", "Nothing found", "has all of these words"),
        ("has:video", "Nothing found", "Remove a filter"),
    ],
)
def test_empty_search_explains_itself(app: Flask, text: str, heading: str, sentence: str):
    state = state_of(app, text)
    assert state.heading == heading
    assert sentence in state.sentence


def test_empty_search_names_its_place(app: Flask):
    assert "in your conversations" in state_of(app, "ferry").sentence
    assert "in this conversation" in state_of(app, "ferry", inside=7).sentence


def test_short_word_asks_for_more_letters(app: Flask):
    assert state_of(app, "la", is_short=True).heading == "Keep typing"


def test_unfinished_search_does_not_claim_there_is_nothing(app: Flask):
    assert state_of(app, "ferry", is_exact=False).heading == "Search timed out"


def test_search_that_found_people_speaks_of_messages(app: Flask):
    state = state_of(app, "bo", has_people=True)
    assert (state.heading, state.links) == ("No messages found", ())


@pytest.mark.parametrize(
    ("text", "inside", "labels"),
    [
        ("ferry", None, ["Find people"]),
        ("ferry", 7, ["Search everywhere", "Find people"]),
        ("ferry has:file", 7, ["Search everywhere", "Search without filters"]),
        ("has:file", None, []),
        ("from:", None, []),
    ],
)
def test_empty_search_offers_wider_ones(
    app: Flask, text: str, inside: int | None, labels: list[str]
):
    assert [link.label for link in state_of(app, text, inside).links] == labels
