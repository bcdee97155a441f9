"""Chooses the passage of a long text where most words of a search may match.

It uses a regular expression, which is faster than splitting the whole text into words.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate, takewhile

from linkmsg.models.folding import STROKED, normalized
from linkmsg.search.analysis.patterns import HUMP
from linkmsg.search.analysis.token import Token
from linkmsg.search.analysis.unspaced import is_unspaced

# Characters of the pieces that are compared, and of the context around the best piece.
PIECE, BEFORE, AFTER = 400, 200, 300
# A text up to this length is read whole.
SHORT = BEFORE + PIECE + AFTER
# The most alternatives of the pattern, and the most words of a phrase in it.
MAX_ALTERNATIVES, MAX_WORDS = 12, 6
# What may stand between two letters of a compound, or on one of them.
BETWEEN = r"\W{0,3}"
NOTHING = re.compile("(?!)")
STROKES = frozenset(map(chr, STROKED))


def compile_pattern(sequences: Iterable[Sequence[Token]]) -> re.Pattern[str]:
    """Return a pattern that roughly finds words and phrases (sequences of words).

    The text must be without case and accents. Each word or phrase, up to `MAX_ALTERNATIVES`, has
    a group of its own, so that `lastindex` of a match tells which was found. If there is none,
    the pattern never matches. It begins with a class of all first letters, which makes it
    several times as fast.
    """
    alternatives = dict.fromkeys(_alternative(each) for each in sequences if each)
    used = [each for each in alternatives if each[1]][:MAX_ALTERNATIVES]
    if not used:
        return NOTHING
    firsts = "".join(dict.fromkeys(letters[0] for _, letters in used))
    return re.compile(f"[{re.escape(firsts)}](?:{'|'.join(map(_after_first_letter, used))})")


def _after_first_letter(alternative: tuple[bool, tuple[str, ...]]) -> str:
    """Return the pattern of one word or phrase, to stand directly after its first letter.

    The alternative is a result of `_alternative`.
    """
    may_be_inside, (first, *rest) = alternative
    first = re.escape(first)
    before = "" if may_be_inside else rf"(?<!\w{first})"
    return f"(?<={first}){before}({''.join(rest)})"


def best_passage(text: str, pattern: re.Pattern[str], *, divide: bool = False) -> tuple[int, int]:
    """Return the start and end of the passage with most of the searched words and phrases.

    The pattern is from `compile_pattern`. Without a match it is the beginning of the text. With
    `divide` the parts of words such as `userName` are found too, which takes longer.
    """
    matches = _matches_by_piece(text, pattern, divide=divide)
    best = max(range(len(matches)), key=lambda number: (len(matches[number]), -number)) * PIECE
    start = text.find(" ", max(0, best - BEFORE), best) + 1 if best > BEFORE else 0
    return start or max(0, best - BEFORE), min(len(text), best + PIECE + AFTER)


def _matches_by_piece(
    text: str, pattern: re.Pattern[str], *, divide: bool
) -> list[set[int | None]]:
    """Return the groups of the pattern that match in each piece of `PIECE` characters.

    A match shortly after a piece counts for it too.
    """
    parts = [text[at : at + PIECE] for at in range(0, len(text), PIECE)]
    pieces = [_fold(HUMP.sub(r"\0\g<0>", part) if divide else part) for part in parts]
    ends = list(accumulate(map(len, pieces)))
    matches: list[set[int | None]] = [set() for _ in pieces]
    for each in pattern.finditer("".join(pieces)):
        number = bisect_right(ends, each.start())
        matches[number].add(each.lastindex)
        if number and each.start() - ends[number - 1] < BEFORE:
            matches[number - 1].add(each.lastindex)
    return matches


def _fold(text: str) -> str:
    """Return a text without case, and with the accents behind their letters."""
    plain = text if text.isascii() else unicodedata.normalize("NFKD", normalized(text))
    plain = plain.casefold()
    return plain if plain.isascii() or STROKES.isdisjoint(plain) else plain.translate(STROKED)


def _alternative(sequence: Sequence[Token]) -> tuple[bool, tuple[str, ...]]:
    """Return one word or phrase as (may begin inside a word, parts of its pattern).

    The first part is its first letter. Without letters there are no parts. It may begin inside
    a word only in scripts without spaces.
    """
    first, *others = sequence[:MAX_WORDS]
    may_be_inside = is_unspaced(first.surface)
    letters = _fold(first.surface) if may_be_inside else _common_beginning(first)
    rest = [BETWEEN + re.escape(each) for each in letters[1:]]
    if not may_be_inside:
        rest += [r"\w*\W+" + _spaced(_common_beginning(token)) for token in others]
    return may_be_inside, (letters[:1], *rest) if letters else ()


def _common_beginning(token: Token) -> str:
    """Return the first letters, at most four, that a word shares with its base form (stem).

    All other forms of the word are expected to begin with them too.
    """
    same = takewhile(lambda both: both[0] == both[1], zip(token.surface, token.stem, strict=False))
    return _fold("".join(letter for letter, _ in same)[:4] or token.surface[:1])


def _spaced(text: str) -> str:
    return BETWEEN.join(map(re.escape, text))
