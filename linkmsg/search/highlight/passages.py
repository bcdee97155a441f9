"""The part of a long text in which a match may stand, found without reading all of its words."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate, takewhile

from linkmsg.models.text import STROKED
from linkmsg.search.analysis.tokenizer import Word, is_unspaced

# A text is gone through in pieces; of the best one, what stands around it is read too.
PIECE, BEFORE, BEHIND = 400, 200, 300
SHORT = BEFORE + PIECE + BEHIND
# So many different things are looked for, and so many words of a phrase.
MOST, LONGEST = 12, 6
# What may stand between two letters of a word that was tied together, or on one of them.
BETWEEN = r"\W{0,3}"
NOTHING = re.compile("(?!)")
STROKES = frozenset(map(chr, STROKED))


def pattern(rows: Iterable[Sequence[Word]]) -> re.Pattern[str]:
    """What finds words side by side, roughly: by how they begin, in a text that was taken apart.

    It begins with the letters that any of them begins with, for which a text is gone through
    several times as fast.
    """
    ways = [way for way in dict.fromkeys(_row(row) for row in rows if row) if way[1]][:MOST]
    if not ways:
        return NOTHING
    firsts = "".join(dict.fromkeys(letters[0] for _, letters in ways))
    return re.compile(f"[{re.escape(firsts)}](?:{'|'.join(map(_behind, ways))})")


def _behind(way: tuple[bool, tuple[str, ...]]) -> str:
    """What stands behind the first letter of a way, which was just read."""
    anywhere, (first, *rest) = way
    first = re.escape(first)
    before = "" if anywhere else rf"(?<!\w{first})"
    return f"(?<={first}){before}({''.join(rest)})"


def around(text: str, wanted: re.Pattern[str]) -> tuple[int, int]:
    """From where to where a text is worth reading: where most different things may match."""
    found = _found(text, wanted)
    best = max(range(len(found)), key=lambda number: (len(found[number]), -number)) * PIECE
    start = text.find(" ", max(0, best - BEFORE), best) + 1 if best > BEFORE else 0
    return start or max(0, best - BEFORE), min(len(text), best + PIECE + BEHIND)


def _found(text: str, wanted: re.Pattern[str]) -> list[set[int | None]]:
    """The different things that match in each piece, or soon behind it."""
    pieces = [_apart(text[at : at + PIECE]) for at in range(0, len(text), PIECE)]
    ends = list(accumulate(map(len, pieces)))
    found: list[set[int | None]] = [set() for _ in pieces]
    for each in wanted.finditer("".join(pieces)):
        number = bisect_right(ends, each.start())
        found[number].add(each.lastindex)
        if number and each.start() - ends[number - 1] < BEFORE:
            found[number - 1].add(each.lastindex)
    return found


def _apart(text: str) -> str:
    plain = text if text.isascii() else unicodedata.normalize("NFKD", text)
    plain = plain.casefold()
    return plain if plain.isascii() or STROKES.isdisjoint(plain) else plain.translate(STROKED)


def _row(row: Sequence[Word]) -> tuple[bool, tuple[str, ...]]:
    """Whether words side by side may begin within a word; their first letter, and the rest."""
    first, *others = row[:LONGEST]
    anywhere = is_unspaced(first.surface)
    letters = _apart(first.surface) if anywhere else _begins(first)
    rest = [BETWEEN + re.escape(each) for each in letters[1:]]
    if not anywhere:
        rest += [r"\w*\W+" + _letters(_begins(word)) for word in others]
    return anywhere, (letters[:1], *rest) if letters else ()


def _begins(word: Word) -> str:
    """How all forms of a word begin, as far as its stem does."""
    same = takewhile(lambda both: both[0] == both[1], zip(word.surface, word.stem, strict=False))
    return _apart("".join(letter for letter, _ in same)[:4] or word.surface[:1])


def _letters(text: str) -> str:
    return BETWEEN.join(map(re.escape, text))
