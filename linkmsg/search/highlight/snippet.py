"""Makes snippets: the part of a text that shows why it was found, with highlighted matches."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from operator import itemgetter
from unicodedata import bidirectional

from markupsafe import Markup, escape

from linkmsg.search.analysis.tokenizer import Tokenizer
from linkmsg.search.highlight import passages
from linkmsg.search.highlight.matches import Matcher
from linkmsg.search.highlight.phrases import Span

# Characters of a snippet, and the most of a text that are read for one.
LENGTH, MAX_CHARACTERS = 160, 20_000
LINE_BREAKS = str.maketrans("\n\r\t", "   ")
OPEN, CLOSE = Markup("<mark>"), Markup("</mark>")
# Invisible marks of the same direction as letters of these classes (Unicode UAX #9).
DIRECTION_MARKS = {"L": "\u200e", "R": "\u200f", "AL": "\u200f"}


def snippet(text: str, matcher: Matcher, tokenizer: Tokenizer, length: int = LENGTH) -> Markup:
    """Return the part of a text with most matches, as one line of HTML.

    Matches are in `<mark>`, and an ellipsis stands where the text is cut. Without a match it is
    the beginning. `length` is in characters.
    """
    text = text[:MAX_CHARACTERS]
    (first, last), spans = _best_passage(text, matcher, tokenizer)
    passage = text[first:last]
    start, end = _window(passage, spans, length)
    before = "…" if first + start else ""
    shown = passage[start:end].translate(LINE_BREAKS)
    moved = [(at - start, to - start) for at, to in spans]
    after = _ellipsis_after(shown) if first + end < len(text.rstrip()) else ""
    return before + highlight_spans(shown, moved, 0, len(shown)) + after


def _best_passage(
    text: str, matcher: Matcher, tokenizer: Tokenizer
) -> tuple[tuple[int, int], list[Span]]:
    """Return the start and end of the passage with most matches, and the matches in it."""
    if len(text) <= passages.SHORT:
        return (0, len(text)), matcher.spans(text, tokenizer)
    first, last = passages.best_passage(text, matcher.passage_pattern)
    spans = matcher.spans(text[first:last], tokenizer)
    if not spans:
        first, last = passages.best_passage(text, matcher.passage_pattern, divide=True)
        spans = matcher.spans(text[first:last], tokenizer)
    return (first, last), spans


def _ellipsis_after(text: str) -> str:
    """Return an ellipsis to append to a text.

    If the text ends in another direction than it begins, as Arabic after English, an invisible
    mark after the ellipsis keeps it next to the last words.
    """
    last = _direction(reversed(text))
    return "…" if last == _direction(text) else f"…{last}"


def _direction(letters: Iterable[str]) -> str:
    classes = map(bidirectional, letters)
    return next((DIRECTION_MARKS[each] for each in classes if each in DIRECTION_MARKS), "")


def highlight_text(text: str, matcher: Matcher, tokenizer: Tokenizer) -> Markup | None:
    """Return a whole text, such as a file name, as HTML with its matches in `<mark>`.

    None if nothing matches.
    """
    spans = matcher.spans(text, tokenizer)
    return highlight_spans(text.translate(LINE_BREAKS), spans, 0, len(text)) if spans else None


def highlight_spans(text: str, spans: Sequence[Span], start: int, end: int) -> Markup:
    """Return a text from character `start` to `end` as escaped HTML, with the spans in `<mark>`.

    Spans are (start, end) in the whole text, in order and without overlaps.
    """
    pieces, at = list[str](), start
    # The first span that ends after `start`; the spans before are not looked at.
    number = bisect_right(spans, start, key=itemgetter(1))
    while number < len(spans) and spans[number][0] < end:
        first, last = max(spans[number][0], start), min(spans[number][1], end)
        number += 1
        if first >= last or first < at:
            continue
        pieces += [escape(text[at:first]), OPEN, escape(text[first:last]), CLOSE]
        at = last
    # Each piece is escaped already; joining them as Markup would check each again.
    return Markup("".join([*pieces, escape(text[at:end])]))  # noqa: S704


def _window(text: str, spans: list[Span], length: int) -> Span:
    """Return the start and end of the part to show: where most different words match.

    It is about `length` characters long, and begins and ends between words if it can.
    """
    if len(text) <= length or not spans:
        return 0, _word_end(text, min(length, len(text)))
    best = max(spans[:200], key=lambda span: (_count_near(text, spans, span[0], length), -span[0]))
    start = max(0, best[0] - length // 4)
    end = min(len(text), start + length)
    start = max(0, end - length)
    if start:
        space = text.find(" ", start, best[0])
        start = space + 1 if space >= 0 else start
    return start, max(_word_end(text, end), min(best[1], start + length))


def _count_near(text: str, spans: list[Span], start: int, length: int) -> int:
    """Return the number of different matched words in a snippet that has its first match here.

    They are counted from `start` for three quarters of the snippet's length.
    """
    end = start + length * 3 // 4
    near = spans[bisect_left(spans, (start, 0)) : bisect_right(spans, (end, 0))]
    return len({text[at:to].lower() for at, to in near if to <= end})


def _word_end(text: str, end: int) -> int:
    """Return the end of the last whole word before `end`, or `end` if no word ends near it."""
    if end >= len(text):
        return len(text)
    space = text.rfind(" ", max(0, end - 30), end + 1)
    return space if space > 0 else end
