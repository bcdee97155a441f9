"""The part of a text that shows why it was found, with what matched marked. All is escaped."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from unicodedata import bidirectional

from markupsafe import Markup, escape

from linkmsg.search.analysis.tokenizer import Words
from linkmsg.search.highlight import passages
from linkmsg.search.highlight.matches import Marks, Span

# Characters of a snippet, and of a text that are looked at for one.
LENGTH, LOOKED_AT = 160, 20_000
SPACES = str.maketrans("\n\r\t", "   ")
MARK, END = Markup("<mark>"), Markup("</mark>")
# By the direction of a letter, what is unseen and has the same (Unicode UAX #9).
UNSEEN = {"L": "\u200e", "R": "\u200f", "AL": "\u200f"}


def snippet(text: str, marks: Marks, words: Words, length: int = LENGTH) -> Markup:
    """Some of a text around the best place, on one line."""
    text = text[:LOOKED_AT]
    first, last = 0, len(text)
    if last > passages.SHORT:
        first, last = passages.around(text, marks.pattern)
    part = text[first:last]
    spans = marks.spans(part, words)
    start, end = _window(part, spans, length)
    before = "…" if first + start else ""
    shown, moved = part[start:end].translate(SPACES), [(at - start, to - start) for at, to in spans]
    after = _dots(shown) if first + end < len(text.rstrip()) else ""
    return before + with_marks(shown, moved, 0, len(shown)) + after


def _dots(text: str) -> str:
    """Dots behind a text, held to its last words where these run against the first."""
    last = _direction(reversed(text))
    return "…" if last == _direction(text) else f"…{last}"


def _direction(letters: Iterable[str]) -> str:
    return next((UNSEEN[each] for each in map(bidirectional, letters) if each in UNSEEN), "")


def marked(text: str, marks: Marks, words: Words) -> Markup | None:
    """All of a text such as a file's name; None if nothing in it matches."""
    spans = marks.spans(text, words)
    return with_marks(text.translate(SPACES), spans, 0, len(text)) if spans else None


def with_marks(text: str, spans: Sequence[Span], start: int, end: int) -> Markup:
    """A part of a text as HTML, with what stands at some places marked."""
    pieces, at = list[str](), start
    for first, last in spans:
        first, last = max(first, start), min(last, end)  # noqa: PLW2901
        if first >= last or first < at:
            continue
        pieces += [escape(text[at:first]), MARK, escape(text[first:last]), END]
        at = last
    # Each of these is escaped, which joining them as Markup would do again.
    return Markup("".join([*pieces, escape(text[at:end])]))  # noqa: S704


def _window(text: str, spans: list[Span], length: int) -> Span:
    """Where a snippet begins and ends: where most different things match, between words."""
    if len(text) <= length or not spans:
        return 0, _back(text, min(length, len(text)))
    best = max(spans[:200], key=lambda span: (_within(text, spans, span[0], length), -span[0]))
    start = max(0, best[0] - length // 4)
    end = min(len(text), start + length)
    start = max(0, end - length)
    if start:
        space = text.find(" ", start, best[0])
        start = space + 1 if space >= 0 else start
    return start, max(_back(text, end), min(best[1], start + length))


def _within(text: str, spans: list[Span], start: int, length: int) -> int:
    end = start + length * 3 // 4
    near = spans[bisect_left(spans, (start, 0)) : bisect_right(spans, (end, 0))]
    return len({text[at:to].lower() for at, to in near if to <= end})


def _back(text: str, end: int) -> int:
    """The end of the last word before a place, if there is one near."""
    if end >= len(text):
        return len(text)
    space = text.rfind(" ", max(0, end - 30), end + 1)
    return space if space > 0 else end
