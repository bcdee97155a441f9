"""What is being typed: the last word goes on, and phones have quotes of their own."""

from datetime import date

import pytest

from linkmsg.search.query_parser import parse

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    "text",
    ["the lanter", "from:me the lanter", "the lanter from:me", "the lanter has:link on:today"],
)
def test_the_last_word_goes_on_wherever_operators_stand(text: str) -> None:
    words = parse(text, today=TODAY).words
    assert [(word.text, word.is_prefix) for word in words] == [("the", False), ("lanter", True)]


@pytest.mark.parametrize(
    "text", ["“the office” new", "„the office“ new", "«the office» new", '"the office" new']
)
def test_a_phrase_is_one_in_the_quotes_of_any_keyboard(text: str) -> None:
    asked = parse(text, today=TODAY)
    assert [phrase.text for phrase in asked.phrases] == ["the office"]
    assert [word.text for word in asked.words] == ["new"]


def test_a_name_stands_in_the_quotes_of_any_keyboard_too() -> None:
    (who,) = parse("from：“Bo Lindqvist” x", today=TODAY).filters
    assert (who.name, who.value, who.span) == ("from", "Bo Lindqvist", (0, 19))
