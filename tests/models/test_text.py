"""Clean and check texts that people type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkmsg.models.text import body_error, clean_lines, is_empty, line_error, one_line


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("\r\n\r\n  a", "  a"),
        ("a  \r\n \t", "a"),
        ("a\n\n\nb", "a\n\n\nb"),
        ("\n\n", ""),
    ],
)
def test_clean_lines_uses_lf_and_strips_blank_lines(typed, cleaned):
    assert clean_lines(typed) == cleaned


@given(st.text())
def test_cleaning_lines_twice_changes_nothing(text):
    assert clean_lines(clean_lines(text)) == clean_lines(text)
    assert "\r" not in clean_lines(text)
    assert "\n" not in one_line(text)


@pytest.mark.parametrize(
    "text", ["", " ", "\n\t", "\u200b", "\u2060\ufeff", "\u3164 \u00ad", "\ufe0f"]
)
def test_invisible_text_is_empty(text):
    assert is_empty(text)


@pytest.mark.parametrize("text", [".", "\u200bx", "👍", "\N{COMBINING ACUTE ACCENT}", "0"])
def test_visible_text_is_not_empty(text):
    assert not is_empty(text)


@pytest.mark.parametrize("mark", ["\0", "\x07", "\x1b", "\x7f", "\x85", "\x0b"])
def test_control_characters_are_refused(mark):
    assert "can't be shown" in line_error(f"Ana{mark}Ruiz")
    assert "can't be shown" in body_error(f"Ana{mark}Ruiz")


@pytest.mark.parametrize("mark", ["\u202a", "\u202e", "\u2066", "\u2069"])
def test_bidi_marks_are_refused_in_names_only(mark):
    assert "direction" in line_error(f"Ana{mark}Ruiz")
    assert body_error(f"Ana{mark}Ruiz") is None


@pytest.mark.parametrize("text", ["Ana Ruiz", "李小龍", "عمر", "שרה", "O'Brien-Łaska", "👩‍💻 Dev"])
def test_names_in_any_script_are_accepted(text):
    assert line_error(text) is None


def test_line_breaks_are_refused_in_names_only():
    assert body_error("a\n\tb") is None
    assert line_error("a\nb") is not None
