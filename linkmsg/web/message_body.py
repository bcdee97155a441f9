"""Splits the text of a message into what its template shows: paragraphs and code, long or short.

Everything is escaped by `highlight_spans`; the tags in it are those of links, code and matches.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

import regex
from markupsafe import Markup, escape

from linkmsg.models.code_parts import BLOCK, TEXT, Part, parts_of
from linkmsg.search import highlight_spans
from linkmsg.web.links import TextLink, find_links

Spans = Sequence[tuple[int, int]]

LINK = Markup('<a href="{}" rel="noopener noreferrer nofollow" target="_blank">{}</a>')
# A message of more lines shows only its beginning, and the rest on a click.
MAX_LINES, SHOWN_LINES = 20, 15
# One emoji as people see it: a flag, a keycap, or pictures with their modifiers and joiners
# (Unicode UTS #51, ED-17), not a digit or a sign that is usually text.
_PICTURE = (
    r"(?![0-9#*\p{RI}])(?:\p{Emoji_Presentation}(?!\ufe0e)|\p{Emoji}(?=\ufe0f|\p{Emoji_Modifier}))"
    r"(?:\p{Emoji_Modifier}|\ufe0f)?(?:[\U000e0020-\U000e007e]+\U000e007f)?"
)
_JOINED = rf"{_PICTURE}(?:\u200d(?:{_PICTURE}|\p{{Extended_Pictographic}}))*"
_EMOJI = rf"(?:\p{{RI}}\p{{RI}}|[0-9#*]\ufe0f?\u20e3|{_JOINED})"
_FEW_EMOJI = regex.compile(rf"(?:\s*{_EMOJI}){{1,3}}\s*")
MAX_EMOJI = 120  # characters


class TextBlock(NamedTuple):
    """A paragraph or a block of code as HTML. `language` is the name that was written above it."""

    html: Markup
    is_code: bool = False
    language: str = ""
    is_large: bool = False


class TextContent(NamedTuple):
    """The blocks of a message; those of `rest` are shown on a click, because there are many lines.

    Where the text is cut, a paragraph or a block of code goes on in the rest.
    """

    shown: list[TextBlock]
    rest: list[TextBlock]


def text_content(body: str, spans: Spans = ()) -> TextContent:
    """Return the text of a message as HTML.

    `spans` are the start and end of each part to highlight, such as the words of a search.
    """
    if is_few_emoji(body):
        return TextContent([TextBlock(escape(body), is_large=True)], [])
    parts, links = _analyzed(body)
    fold = _fold_at(body)
    shown, rest = _clipped(body, parts, 0, fold), _clipped(body, parts, fold, len(body))
    return TextContent([*_blocks(body, shown, spans, links)], [*_blocks(body, rest, spans, links)])


def linkify(text: str, spans: Spans = ()) -> Markup:
    """Return a text as escaped HTML, in which web and mail addresses are links."""
    return _markup(_linked(text, spans, find_links(text), 0, len(text)))


def is_few_emoji(body: str) -> bool:
    """Return whether a text is one to three emoji, and nothing else."""
    return len(body) <= MAX_EMOJI and _FEW_EMOJI.fullmatch(body) is not None


def _analyzed(body: str) -> tuple[tuple[Part, ...], tuple[TextLink, ...]]:
    """Return the parts of a text, and the links in those that are no code."""
    parts, masked, end = parts_of(body), list[str](), 0
    for part in parts:
        if part.kind != TEXT:
            masked += [body[end : part.first], " " * (part.last - part.first)]
            end = part.last
    return parts, find_links("".join([*masked, body[end:]]))


def _fold_at(body: str) -> int:
    """Return where the rest of a long text begins, which is shown on a click; else its end."""
    if body.count("\n") < MAX_LINES:
        return len(body)
    at = -1
    for _ in range(SHOWN_LINES):
        at = body.index("\n", at + 1)
    return at + 1


def _clipped(body: str, parts: Sequence[Part], first: int, last: int) -> Iterator[Part]:
    """Yield what of the parts is between two characters, without the line break at a cut."""
    for part in parts:
        start, end = max(part.start, first), min(part.end, last)
        if start < end:
            is_cut = end < part.end and body[end - 1] == "\n"
            language = part.language if start == part.start else ""
            yield part._replace(start=start, end=end - is_cut, language=language)


def _blocks(
    body: str, parts: Iterable[Part], spans: Spans, links: Sequence[TextLink]
) -> Iterator[TextBlock]:
    for is_block, group in groupby(parts, key=lambda part: part.kind == BLOCK):
        if is_block:
            for part in group:
                html = highlight_spans(body, spans, part.start, part.end)
                yield TextBlock(html, is_code=True, language=part.language)
        else:
            yield TextBlock(_markup(_paragraph(body, group, spans, links)))


def _paragraph(
    body: str, parts: Iterable[Part], spans: Spans, links: Sequence[TextLink]
) -> Iterator[str]:
    for part in parts:
        if part.kind == TEXT:
            yield from _linked(body, spans, links, part.start, part.end)
        else:
            yield from ("<code>", highlight_spans(body, spans, part.start, part.end), "</code>")


def _linked(
    body: str, spans: Spans, links: Sequence[TextLink], start: int, end: int
) -> Iterator[str]:
    first, last = (bisect_left(links, at, key=attrgetter("start")) for at in (start, end))
    for link in links[first:last]:
        yield highlight_spans(body, spans, start, link.start)
        yield LINK.format(link.url, highlight_spans(body, spans, link.start, link.end))
        start = link.end
    yield highlight_spans(body, spans, start, end)


def _markup(pieces: Iterable[str]) -> Markup:
    """Join pieces of HTML; joining them as Markup would check each again."""
    return Markup("".join(pieces))  # noqa: S704 - each is escaped
