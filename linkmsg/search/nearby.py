"""The part of a long text in which a match may stand, found without reading all of its words."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import takewhile

from linkmsg.models.text import STROKED
from linkmsg.search.words import Word, is_unspaced

# A text is gone through in pieces; of the best one, what stands around it is read too.
PIECE, BEFORE, BEHIND = 400, 200, 300
SHORT = BEFORE + PIECE + BEHIND
# So many different things are looked for, and so many words of a phrase.
MOST, LONGEST = 12, 6
# What may stand between two letters of a word that was tied together, or on one of them.
BETWEEN = r"\W{0,3}"


def pattern(rows: Iterable[Sequence[Word]]) -> re.Pattern[str]:
    """What finds words side by side, roughly: by how they begin, in a text that was taken apart."""
    ways = dict.fromkeys(_row(row) for row in rows if row)
    return re.compile("|".join(f"({way})" for way in list(ways)[:MOST]) or "(?!)")


def around(text: str, wanted: re.Pattern[str]) -> tuple[int, int]:
    """From where to where a text is worth reading: where most different things may match."""
    if len(text) <= SHORT:
        return 0, len(text)
    found = {at: _many(text, at, wanted) for at in range(0, len(text), PIECE)}
    best = max(found, key=lambda at: (found[at], -at))
    start = text.find(" ", max(0, best - BEFORE), best) + 1 if best > BEFORE else 0
    return start or max(0, best - BEFORE), min(len(text), best + PIECE + BEHIND)


def _many(text: str, at: int, wanted: re.Pattern[str]) -> int:
    # One letter before tells whether a word begins here.
    piece = _apart(text[max(0, at - 1) : at + PIECE + BEFORE])
    return len({each.lastindex for each in wanted.finditer(piece)})


def _apart(text: str) -> str:
    plain = text if text.isascii() else unicodedata.normalize("NFKD", text)
    plain = plain.casefold()
    return plain if plain.isascii() else plain.translate(STROKED)


def _row(row: Sequence[Word]) -> str:
    if is_unspaced(row[0].surface):
        return _letters(row[0].surface)
    return r"(?<!\w)" + r"\w*\W+".join(_begins(word) for word in row[:LONGEST])


def _begins(word: Word) -> str:
    """How all forms of a word begin, as far as its stem does."""
    same = takewhile(lambda both: both[0] == both[1], zip(word.surface, word.stem, strict=False))
    return _letters("".join(letter for letter, _ in same)[:4] or word.surface[:1])


def _letters(text: str) -> str:
    return BETWEEN.join(re.escape(letter) for letter in _apart(text))
