"""Code in a text is found as people mark it, and everything else stays as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkmsg.models.code_parts import BLOCK, INLINE, MAX_CODES, TEXT, parts_of, without_ticks

MARKUP = st.lists(st.sampled_from([*"`a \n", "``", "```", "```py\n", "\n```\n", "é", "  "]))


def read(text):
    """Return the parts of a text as a list of (kind, text)."""
    return [(part.kind, text[part.start : part.end]) for part in parts_of(text)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("plain", [(TEXT, "plain")]),
        ("a `b` c", [(TEXT, "a "), (INLINE, "b"), (TEXT, " c")]),
        ("`a` `b`", [(INLINE, "a"), (TEXT, " "), (INLINE, "b")]),
        ("``a`b``", [(INLINE, "a`b")]),
        ("`` `a` ``", [(INLINE, "`a`")]),
        ("` two  spaces `", [(INLINE, " two  spaces ")]),
        ("使用`ls -l`命令", [(TEXT, "使用"), (INLINE, "ls -l"), (TEXT, "命令")]),
        ("the `Foo`s", [(TEXT, "the "), (INLINE, "Foo"), (TEXT, "s")]),
        ("see ```x = 1``` here", [(TEXT, "see "), (INLINE, "x = 1"), (TEXT, " here")]),
        ("```x = 1```", [(BLOCK, "x = 1")]),
        ("```\na\n  b\n```", [(BLOCK, "a\n  b")]),
        ("Look:\n```py\nx\n```\nso", [(TEXT, "Look:"), (BLOCK, "x"), (TEXT, "so")]),
        ("```\n\n a\n\n```", [(BLOCK, "\n a\n")]),
        ("```one\ntwo```", [(BLOCK, "one\ntwo")]),
        ("so ```one\ntwo``` it is", [(TEXT, "so "), (BLOCK, "one\ntwo"), (TEXT, " it is")]),
        ("````\n```\na\n```\n````", [(BLOCK, "```\na\n```")]),
        ("```\na `b` c\n```", [(BLOCK, "a `b` c")]),
        ("```\n1\n```\n\n```\n2\n```\n", [(BLOCK, "1"), (BLOCK, "2")]),
    ],
)
def test_code_is_found(text, parts):
    assert read(text) == parts


NO_CODE = ["don`t and it`s", "`a\nb`", "``````", "```\n```", "`  `", "a ` b", "```\nnever", "`a``"]


@pytest.mark.parametrize("text", NO_CODE)
def test_ticks_without_code_are_text(text):
    assert read(text) == [(TEXT, text)]
    assert without_ticks(text) == text


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("```python\nx\n```", "python"),
        ("```C++\nx\n```", "C++"),
        ("``` js \nx\n```", "js"),
        ("```\nx\n```", ""),
        ("```two words\nx\n```", ""),
        ("```js\nx```", ""),
    ],
)
def test_language_of_a_block(text, language):
    (block,) = parts_of(text)
    assert block.language == language


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Try `ls  -l` now", "Try ls  -l now"),
        ("So:\n```py\na\nb\n```\ndone", "So:\na\nb\ndone"),
        ("```a```", "a"),
    ],
)
def test_preview_has_no_ticks(text, shown):
    assert without_ticks(text) == shown


@given(MARKUP.map("".join))
def test_parts_cover_the_text_in_order(text):
    end = 0
    for part in parts_of(text):
        assert end <= part.first <= part.start <= part.end <= part.last
        assert text[end : part.first].strip("\n `") == ""
        marks = text[part.first : part.start] + text[part.end : part.last]
        assert marks.replace(part.language, "", 1).strip("` \n\t") == ""
        end = part.last
    assert text[end:].strip("\n ") == ""


def test_very_many_codes_are_left_as_text():
    parts = parts_of("`a` " * 2000)
    assert sum(part.kind == INLINE for part in parts) == MAX_CODES
    assert parts[-1].kind == TEXT
