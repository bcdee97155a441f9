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


# Spaces, blanks, joiners, fillers, tags, variation selectors, marks without a letter …
UNSEEN = (
    " \n\t\u00a0\u1680\u3000\u2800\u3164\u115f\u1160\uffa0\ufffc\u00ad\u034f\u061c\u180b\u180e"
    "\u200b\u200d\u200e\u2028\u202e\u2060\u2065\u206a\ufe0f\ufeff\ufff9\U00013430\U00016fe4\U0001bca0"
    "\U0001d159\U0001d173\U000e0001\U000e0041\U000e01ef\u0301\u20e3\u0e31\u093f"
)


@pytest.mark.parametrize("mark", UNSEEN)
def test_unseen_text_is_empty(mark):
    assert is_empty(f"{mark} {mark}\n{mark}")
    assert one_line(f" {mark}{mark}") == clean_lines(f"\r\n{mark}") == ""
    assert not is_empty(f"{mark}x")


@given(st.text(st.sampled_from(UNSEEN)))
def test_any_unseen_text_is_empty(text):
    assert is_empty(text)


@pytest.mark.parametrize(
    "text", [".", "\u200bx", "👍", "0", "\u25cc\u0301", "\U0001f3fd", "🇵", "\ue000", "\u0378", "ー"]
)
def test_visible_text_is_not_empty(text):
    assert not is_empty(text)
    assert one_line(text) == text


@pytest.mark.parametrize("name", ["Z" + "\u0335" * 30, "Ana Ru" + "\u0300\u0301\u0302" * 4 + "iz"])
def test_piled_accents_are_refused_in_names_only(name):
    assert "accents" in line_error(name)
    assert body_error(name) is None


@pytest.mark.parametrize(
    "name", ["Nguyễn Thị Ánh", "Nguye\u0302\u0303n", "בְּרֵאשִׁ֖ית", "བསྒྲུབས", "เก็บ", "ʾal-ḥ\u0331"]
)
def test_accents_of_all_scripts_are_accepted(name):
    assert line_error(name) is None


@pytest.mark.parametrize("mark", ["\0", "\x07", "\x1b", "\x7f", "\x85", "\x0b"])
def test_control_characters_are_refused(mark):
    assert "can’t be shown" in line_error(f"Ana{mark}Ruiz")
    assert "can’t be shown" in body_error(f"Ana{mark}Ruiz")


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
