"""The last word of a search is a prefix, and the quotes of any keyboard are quotes."""

from datetime import date

from linkmsg.search.query_parser import parse

TODAY = date(2026, 11, 24)
SEARCHES = ("from:me the lanter", "the lanter from:me", "the lanter has:link on:today")
QUOTED = ("“the office” new", "„the office“ new", "«the office» new", '"the office" new')


def test_last_word_is_a_prefix_wherever_operators_are():
    for text in ("the lanter", *SEARCHES):
        words = parse(text, today=TODAY).words
        assert [(word.text, word.is_prefix) for word in words] == [
            ("the", False),
            ("lanter", True),
        ], text


def test_quotes_of_any_keyboard_make_a_phrase():
    for text in QUOTED:
        query = parse(text, today=TODAY)
        assert [phrase.text for phrase in query.phrases] == ["the office"], text
        assert [word.text for word in query.words] == ["new"], text


def test_quotes_of_any_keyboard_hold_a_name():
    (name,) = parse("from：“Bo Lindqvist” x", today=TODAY).filters
    assert (name.name, name.value, name.span) == ("from", "Bo Lindqvist", (0, 19))
