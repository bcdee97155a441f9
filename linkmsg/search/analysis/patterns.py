"""Regular expressions that find words and numbers in a text, and the characters they consist of.

A run is a row of letters and digits with nothing between them; a chain is several runs that are
connected by a hyphen or the like, as in `e-mail`.
"""

import re
import unicodedata

from linkmsg.models.text import fold


def _ranges(points: list[int]) -> str:
    """Return ascending code points as ranges for a regular expression, to be put in [brackets]."""
    written, start = [], None
    for at, point in enumerate(points):
        start = point if start is None else start
        if at + 1 == len(points) or points[at + 1] != point + 1:
            written.append(rf"\U{start:08x}-\U{point:08x}")
            start = None
    return "".join(written)


# Marks stand on letters, and joiners between them, without ending the word (UAX #29).
COMBINING_MARKS = _ranges(
    [
        *(at for at in range(0x300, 0x1F000) if unicodedata.category(chr(at)).startswith("M")),
        *range(0xE0100, 0xE01F0),
    ]
)
INVISIBLE_JOINERS = "\u00ad\u200c\u200d"
# Thai to Khmer, kana, Hangul and the ideographs, in their order.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1100-\u11ff\u3005-\u3007\u3040-\u30ff\u3100-\u312f"
    "\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U0003ffff"
)
SYMBOLS = "\u2190-\u21ff\u2300-\u27bf\u2900-\u2bff\U0001f000-\U0001f2ff\U0001f300-\U0001faff"
SKIN_TONES = "\U0001f3fb-\U0001f3ff"
# Characters that are no digits but are folded to some: ², ⑩.
NUMERALS = _ranges(
    [
        at
        for at in range(0x80, 0x1FC00)
        if chr(at).isnumeric() and not chr(at).isdecimal() and fold(chr(at)).isdigit()
    ]
)
# One of these between two runs makes them parts of one compound.
CONNECTORS = frozenset("-'’.,_\u2010\u2011·&+\u05f3\u05f4")
# One of these between groups of three digits makes them one number.
GROUP_SPACES = " \u00a0\u2009\u202f"

LETTER = rf"[^\W_{UNSPACED}]"
# Names of languages such as C++ and C#.
SIGNED_LETTER = r"(?<![A-Za-z0-9])[A-Za-z](?:\+\+|#)(?!\w)"
RUN = re.compile(
    rf"(?P<word>{SIGNED_LETTER}|{LETTER}(?:{LETTER}|[{COMBINING_MARKS}{INVISIBLE_JOINERS}])*)"
    rf"|(?P<unspaced>[{UNSPACED}][{UNSPACED}{COMBINING_MARKS}]*)"
    rf"|(?P<symbol>[{SYMBOLS}][{SKIN_TONES}]?)"
)
# The same for ASCII, which most texts are, and three times as fast.
ASCII_RUN = re.compile(rf"(?P<word>{SIGNED_LETTER}|[A-Za-z0-9]+)")


def _chain(run: re.Pattern[str], digits: str) -> re.Pattern[str]:
    """Return a pattern that matches runs connected to one word or number: `e-mail`, `1 200`.

    It may join more than the tokenizer does, but never less: what it finds is analyzed and
    cached without the text around it. `digits` are the characters that may stand before the
    space in a number, as a character class.
    """
    unnamed = re.sub(r"\(\?P<\w+>", "(?:", run.pattern)
    connectors = "".join(map(re.escape, sorted(CONNECTORS)))
    group = rf"(?<=[{digits}])[{GROUP_SPACES}](?=\d\d\d)(?:{unnamed})"
    return re.compile(rf"(?:{unnamed})(?:[{connectors}](?:{unnamed})|{group})*")


CHAIN = _chain(RUN, rf"\d{NUMERALS}{COMBINING_MARKS}{INVISIBLE_JOINERS}")
ASCII_CHAIN = _chain(ASCII_RUN, r"\d")
