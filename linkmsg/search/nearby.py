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
STROKES = frozenset(map(chr, STROKED))


def pattern(rows: Iterable[Sequence[Word]]) -> re.Pattern[str]:
    """What finds words side by side, roughly: by how they begin, in a text that was taken apart.

    It begins with the letters that any of them begins with, for which a text is gone through
    several times as fast.
    """
    ways = [way for way in dict.fromkeys(_row(row) for row in rows if row) if way[1]][:MOST]
    if not ways:
        return re.compile("(?!)")
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
    if len(text) <= SHORT:
        return 0, len(text)
    found = _plainly(text, wanted) if _is_plain(text) else _by_pieces(text, wanted)
    best = max(found, key=lambda at: (found[at], -at))
    start = text.find(" ", max(0, best - BEFORE), best) + 1 if best > BEFORE else 0
    return start or max(0, best - BEFORE), min(len(text), best + PIECE + BEHIND)


def _is_plain(text: str) -> bool:
    """Whether what a text says is as long when it is taken apart: nothing but signs beyond ASCII.

    Signs that are taken apart themselves, such as …, make it longer.
    """
    others = [each for each in set(text) if not each.isascii()]
    return not any(map(str.isalnum, others)) and all(
        each == unicodedata.normalize("NFKD", each).casefold() for each in others
    )


def _plainly(text: str, wanted: re.Pattern[str]) -> dict[int, int]:
    """How many different things match in each piece, of a text whose letters are ASCII's."""
    found: dict[int, set[int | None]] = {at: set() for at in range(0, len(text), PIECE)}
    for each in wanted.finditer(text.lower()):
        at, far = divmod(each.start(), PIECE)
        found[at * PIECE].add(each.lastindex)
        if at and far < BEFORE:
            found[(at - 1) * PIECE].add(each.lastindex)
    return {at: len(things) for at, things in found.items()}


def _by_pieces(text: str, wanted: re.Pattern[str]) -> dict[int, int]:
    """The same of any text: taken apart it may be longer, so each piece is looked at alone."""
    return {at: _many(text, at, wanted) for at in range(0, len(text), PIECE)}


def _many(text: str, at: int, wanted: re.Pattern[str]) -> int:
    # One letter before tells whether a word begins here.
    piece = _apart(text[max(0, at - 1) : at + PIECE + BEFORE])
    return len({each.lastindex for each in wanted.finditer(piece)})


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
