"""Regular expressions that find words and numbers in a text, and the characters they consist of.

The text must be in its normal form (`linkmsg.models.folding.normalized`). A run is a row of letters
and digits with nothing between them; a chain is several runs that are connected by a hyphen or the
like, as in `e-mail`; a number row is a long number in groups, as in `+49 30 1234567`.
"""

import re
import unicodedata

from linkmsg.models.folding import CHARACTERS, character_class

# Marks stand on letters without ending the word (UAX #29).
_MARKS = [each for each in CHARACTERS if unicodedata.category(each).startswith("M")]
COMBINING_MARKS = character_class(each for each in _MARKS if each <= "\uffff")
# Those above U+FFFF apart: with many ranges of them, a class takes many times as long.
RARE_MARKS = character_class(each for each in _MARKS if each > "\uffff")
RARE_MARK = rf"[\U00010000-\U0001ffff](?<=[{RARE_MARKS}])"
# Thai to Khmer, kana, Hangul and the ideographs, in their order.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1100-\u11ff\u3005-\u3007\u3040-\u30ff\u3100-\u312f"
    "\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U0003ffff"
)
SYMBOLS = "\u2190-\u21ff\u2300-\u27bf\u2900-\u2bff\U0001f000-\U0001f2ff\U0001f300-\U0001faff"
SKIN_TONES = "\U0001f3fb-\U0001f3ff"
# One of these between two runs makes them parts of one compound.
CONNECTORS = frozenset("-'`.,_·&+\u05f3\u05f4")
# One of these between groups of three digits makes them one number.
GROUP_SPACES = " \u00a0\u2009\u202f"

LETTER = rf"[^\W_{UNSPACED}]"
# Names of languages such as C++ and C#.
SIGNED_LETTER = r"(?<![A-Za-z0-9])[A-Za-z](?:\+\+|#)(?!\w)"
RUN = re.compile(
    rf"(?P<word>{SIGNED_LETTER}|{LETTER}(?:{LETTER}|[{COMBINING_MARKS}]|{RARE_MARK})*)"
    rf"|(?P<unspaced>[{UNSPACED}][{UNSPACED}{COMBINING_MARKS}]*)"
    rf"|(?P<symbol>[{SYMBOLS}][{SKIN_TONES}]?)"
)
# The same for ASCII, which most texts are, and three times as fast.
ASCII_RUN = re.compile(rf"(?P<word>{SIGNED_LETTER}|[A-Za-z0-9]+)")

# The first letter of a part of a word without spaces: userName, HTTPServer, v2. Not PDFs.
LOWER = character_class(each for each in map(chr, range(0x250)) if each.islower())
UPPER = character_class(each for each in map(chr, range(0x250)) if each.isupper())
LOWER += "\u0430-\u045f\u03ac-\u03ce"
UPPER += "\u0410-\u042f\u0400-\u040f\u0391-\u03ab"
HUMP = re.compile(
    rf"[{UPPER}0-9](?:(?<=[{LOWER}][{UPPER}])|(?<=[{UPPER}][{UPPER}])(?=(?!s(?![{LOWER}]))[{LOWER}])"
    r"|(?<=(?<![^\W_])[vV][0-9]))"
)

# What stands between the groups of a phone number, and in an account number (ISO 13616).
NUMBER_GAP = rf"[{GROUP_SPACES}()/.-]{{1,3}}"
ACCOUNT_GAP = rf"[{GROUP_SPACES}.-]"
ACCOUNT = (
    rf"[A-Za-z]{{2}}\d\d{ACCOUNT_GAP}[A-Za-z0-9]{{4}}"
    rf"(?:{ACCOUNT_GAP}(?:(?=[A-Za-z]{{0,3}}\d)[A-Za-z0-9]{{4}}|[A-Z]{{4}})){{1,6}}"
    rf"(?:{ACCOUNT_GAP}(?=[A-Za-z]{{0,3}}\d)[A-Za-z0-9]{{1,4}})?(?![^\W_])"
)
# Not a date with a time.
NUMBER_ROW = re.compile(
    rf"{ACCOUNT}|(?!\d{{4}}-\d\d-\d\d(?!\d))\d{{1,12}}(?:{NUMBER_GAP}\d{{1,12}}){{1,9}}(?![^\W_])"
)


def _chain(run: re.Pattern[str], digits: str) -> re.Pattern[str]:
    """Return a pattern that matches runs connected to one word or number: `e-mail`, `1 200`.

    It may join more than the tokenizer does, but never less: what it finds is analyzed and
    cached without the text around it. `digits` are the characters that may stand before the
    space in a number, as a character class.
    """
    unnamed = re.sub(r"\(\?P<\w+>", "(?:", run.pattern)
    connectors = "".join(map(re.escape, sorted(CONNECTORS)))
    group = rf"(?<=[{digits}]){NUMBER_GAP}(?=\d)(?:{unnamed})"
    return re.compile(rf"(?:{ACCOUNT}|{unnamed})(?:[{connectors}](?:{unnamed})|{group})*")


CHAIN = _chain(RUN, rf"\d{COMBINING_MARKS}")
ASCII_CHAIN = _chain(ASCII_RUN, r"\d")
