"""Scripts without spaces between words, such as Chinese and Thai: split into pairs of letters."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from linkmsg.models.folding import fold
from linkmsg.search.analysis.patterns import COMBINING_MARKS, UNSPACED
from linkmsg.search.analysis.token import Token

ALL_UNSPACED = re.compile(f"[{UNSPACED}{COMBINING_MARKS}]+")
VOICING_MARKS = frozenset("\u3099\u309a")


def pairs(run: str, start: int, position: int) -> Iterator[Token]:
    """Yield a token for each letter with the next one, and one for the last letter alone.

    The run is of a script without spaces; `start` is its first character in the text, and
    `position` the number of its first token.
    """
    letters = _letters(run)
    for number, (at, end, letter) in enumerate(letters):
        _, last, following = letters[number + 1] if number + 1 < len(letters) else (at, end, "")
        pair, first = letter + following, letter if following else ""
        where = start + at, start + last, position + number
        yield Token(pair, pair, *where, first_letter=first, first_end=start + end)


def _letters(run: str) -> list[tuple[int, int, str]]:
    """Return the letters of a run without case and accents, each as (start, end, letter).

    Accents and other marks are no letters of their own, but belong to the one before. Voicing
    marks of kana are kept: パ is not ハ.
    """
    letters: list[tuple[int, int, str]] = []
    for at, each in enumerate(run):
        letter, start = _fold_letter(each), at
        if letters and letter in ("", *VOICING_MARKS):
            start, _, before = letters.pop()
            letter = unicodedata.normalize("NFC", before + letter)
        if letter and letter not in VOICING_MARKS:
            letters.append((start, at + 1, letter))
    return letters


@lru_cache(maxsize=32_768)
def _fold_letter(letter: str) -> str:
    """Return a letter without case and accents, but with voicing marks of kana: パ is not ハ."""
    decomposed = unicodedata.normalize("NFKD", letter)
    marks = "".join(each for each in decomposed if each in VOICING_MARKS)
    return unicodedata.normalize("NFC", fold(letter) + marks) if marks else fold(letter)


def is_unspaced(surface: str) -> bool:
    """Return whether a word is of a script without spaces between words, such as Chinese."""
    return ALL_UNSPACED.fullmatch(surface) is not None
