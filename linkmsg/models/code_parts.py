"""Finds code in the text of a message: ``` blocks and `ticks`, by the rules of CommonMark.

As in other messengers, a block may also begin or end within a line, and what has no closing
ticks is text. Each text is read once, whatever it contains.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

# The rest of a text with more code than this is shown as it is.
MAX_CODES = 250
TEXT, INLINE, BLOCK = "text", "inline", "block"
_TICKS = re.compile("`+")
_OWN_LINE = re.compile("^ {0,3}(`{3,})[ \t]*$", re.MULTILINE)
# The name of a language behind the ticks that open a block.
_LANGUAGE = re.compile(r"[ \t]*([\w+#.-]{0,20})[ \t]*\n")
# The line that a block is on, before and behind its ticks.
_LINE_START, _LINE_END = re.compile(r"(?:^|\n) {0,3}\Z"), re.compile(r"[ \t]*(?:\n|\Z)")


class Part(NamedTuple):
    """A part of a text, from character `start` up to but excluding `end`, without its ticks.

    With them, and the line breaks beside them, it is from `first` to `last`. `language` is the
    word behind the ticks of a block, or "".
    """

    kind: str
    start: int
    end: int
    first: int
    last: int
    language: str = ""


@lru_cache(maxsize=128)
def parts_of(text: str) -> tuple[Part, ...]:
    """Return the parts of a text in order: texts, and code between ticks."""
    if "`" not in text:
        return (Part(TEXT, 0, len(text), 0, len(text)),)
    parts, end = list[Part](), 0
    for code in islice(_code_in(text), MAX_CODES):
        _add_text(parts, text, end, code.first, code.kind)
        parts.append(code)
        end = code.last
    _add_text(parts, text, end, len(text), "")
    return tuple(parts)


def _add_text(parts: list[Part], text: str, start: int, end: int, following: str) -> None:
    """Append the text between two codes, unless there is none, or only blank lines at a block."""
    at_block = following == BLOCK or (parts and parts[-1].kind == BLOCK)
    if start < end and not (at_block and text[start:end].isspace()):
        parts.append(Part(TEXT, start, end, start, end))


def without_ticks(text: str) -> str:
    """Return a text without the ticks around its code, for a preview of it."""
    if "`" not in text:
        return text
    pieces = []
    for part in parts_of(text):
        gap = "\n" if part.kind == BLOCK else ""
        pieces += [gap, text[part.start : part.end], gap]
    return "".join(pieces).strip("\n")


def _code_in(text: str) -> Iterator[Part]:
    runs = [(found.start(), len(found[0])) for found in _TICKS.finditer(text)]
    same, own_line = defaultdict[int, list[int]](list), defaultdict[int, list[int]](list)
    for start, length in runs:
        same[length].append(start)
    for found in _OWN_LINE.finditer(text):
        own_line[len(found[1])].append(found.start(1))
    end = 0
    for start, length in runs:
        if start < end:
            continue
        part = None
        if length > 2:
            part = _fenced(text, start, length, _next(own_line[length], start))
        part = part or _between(text, start, length, _next(same[length], start), end)
        if part:
            # The line break between two blocks belongs to the one before.
            yield part if part.first >= end else part._replace(first=end)
            end = part.last


def _next(starts: list[int], after: int) -> int | None:
    index = bisect_right(starts, after)
    return starts[index] if index < len(starts) else None


def _fenced(text: str, start: int, length: int, closing: int | None) -> Part | None:
    """Return the block that ends with ticks on a line of their own, if there is one."""
    language = _LANGUAGE.match(text, start + length)
    if closing is None or language is None:
        return None
    newline = text.rfind("\n", 0, closing)
    if newline < language.end() or text[language.end() : newline].strip() == "":
        return None
    return _block(text, start, closing + length, (language.end(), newline), language[1])


def _between(text: str, start: int, length: int, closing: int | None, after: int) -> Part | None:
    """Return the code from ticks to the next ticks of the same number, if it is code."""
    if closing is None or (length < 3 and start > after and _is_in_word(text[start - 1])):
        return None
    first, last = start + length, closing
    has_lines = text.find("\n", first, last) >= 0
    if text[first:last].isspace() or (has_lines and length < 3):
        return None
    if has_lines or (length > 2 and _is_alone(text, start, closing + length)):
        content = (first + (text[first] == "\n"), last - (text[last - 1] == "\n"))
        return _block(text, start, closing + length, content)
    if length > 1 and text[first] == text[last - 1] == " ":
        first, last = first + 1, last - 1
    return Part(INLINE, first, last, start, closing + length)


def _is_in_word(letter: str) -> bool:
    """Return whether a tick behind a letter is an apostrophe, as in don`t; not in Chinese."""
    return letter.isdigit() or letter.lower() != letter.upper()


def _is_alone(text: str, start: int, end: int) -> bool:
    """Return whether nothing else is on the line from character `start` to `end`."""
    before = _LINE_START.search(text, max(0, start - 4), start)
    return before is not None and _LINE_END.match(text, end) is not None


def _block(text: str, start: int, end: int, content: tuple[int, int], language: str = "") -> Part:
    """Return a block; the line breaks beside it are part of it, since it has lines of its own."""
    before = _LINE_START.search(text, max(0, start - 4), start)
    behind = _LINE_END.match(text, end)
    first = before.start() if before else start
    return Part(BLOCK, *content, first, behind.end() if behind else end, language)
