"""Chooses the passage of a long text where most of a query may match, without tokenizing it."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate, takewhile

from linkmsg.models.text import STROKED
from linkmsg.search.analysis.tokenizer import Token, is_unspaced

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
    """Return a pattern that roughly finds sequences of tokens in a folded text.

    It begins with a class of all first letters, which makes it several times as fast.
    """
    alternatives = dict.fromkeys(_alternative(each) for each in sequences if each)
    used = [each for each in alternatives if each[1]][:MAX_ALTERNATIVES]
    if not used:
        return NOTHING
    firsts = "".join(dict.fromkeys(letters[0] for _, letters in used))
    return re.compile(f"[{re.escape(firsts)}](?:{'|'.join(map(_after_first_letter, used))})")


def _after_first_letter(alternative: tuple[bool, tuple[str, ...]]) -> str:
    """Return the pattern of an alternative whose first letter has just been read."""
    may_be_inside, (first, *rest) = alternative
    first = re.escape(first)
    before = "" if may_be_inside else rf"(?<!\w{first})"
    return f"(?<={first}){before}({''.join(rest)})"


def best_passage(text: str, pattern: re.Pattern[str]) -> tuple[int, int]:
    """Return the span of the passage in which most alternatives of a pattern match."""
    matches = _matches_by_piece(text, pattern)
    best = max(range(len(matches)), key=lambda number: (len(matches[number]), -number)) * PIECE
    start = text.find(" ", max(0, best - BEFORE), best) + 1 if best > BEFORE else 0
    return start or max(0, best - BEFORE), min(len(text), best + PIECE + AFTER)


def _matches_by_piece(text: str, pattern: re.Pattern[str]) -> list[set[int | None]]:
    """Return, for each piece, the alternatives that match in it or shortly after it."""
    pieces = [_fold(text[at : at + PIECE]) for at in range(0, len(text), PIECE)]
    ends = list(accumulate(map(len, pieces)))
    matches: list[set[int | None]] = [set() for _ in pieces]
    for each in pattern.finditer("".join(pieces)):
        number = bisect_right(ends, each.start())
        matches[number].add(each.lastindex)
        if number and each.start() - ends[number - 1] < BEFORE:
            matches[number - 1].add(each.lastindex)
    return matches


def _fold(text: str) -> str:
    plain = text if text.isascii() else unicodedata.normalize("NFKD", text)
    plain = plain.casefold()
    return plain if plain.isascii() or STROKES.isdisjoint(plain) else plain.translate(STROKED)


def _alternative(sequence: Sequence[Token]) -> tuple[bool, tuple[str, ...]]:
    """Return whether a sequence may begin inside a word; its first letter, and the other parts."""
    first, *others = sequence[:MAX_WORDS]
    may_be_inside = is_unspaced(first.surface)
    letters = _fold(first.surface) if may_be_inside else _common_beginning(first)
    rest = [BETWEEN + re.escape(each) for each in letters[1:]]
    if not may_be_inside:
        rest += [r"\w*\W+" + _spaced(_common_beginning(token)) for token in others]
    return may_be_inside, (letters[:1], *rest) if letters else ()


def _common_beginning(token: Token) -> str:
    """Return the letters with which all forms of a word begin, at most four."""
    same = takewhile(lambda both: both[0] == both[1], zip(token.surface, token.stem, strict=False))
    return _fold("".join(letter for letter, _ in same)[:4] or token.surface[:1])


def _spaced(text: str) -> str:
    return BETWEEN.join(map(re.escape, text))
