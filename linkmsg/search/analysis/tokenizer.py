"""The words of a text: taken apart in one way by who writes the index, asks it and marks hits.

A text is read in runs of letters and digits. Each is folded (no accents, no case) and is kept
as it is, its surface, and as its stem. What stands together with a hyphen, an apostrophe, a dot
or the like is found by its parts and as one: `e-mail` by *mail* and *email*, 1,200 and 1 200 by
*1200*. Scripts that put no space between words are read in pairs of letters.
"""

import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from whoosh.lang import stemmer_for_language

from linkmsg.models.text import fold

# Longer runs of letters are nobody's words; they are cut.
LONGEST = 64
MOST_PARTS = 6


def _ranges(points: list[int]) -> str:
    """Code points as what stands between the brackets of an expression."""
    written, start = [], None
    for at, point in enumerate(points):
        start = point if start is None else start
        if at + 1 == len(points) or points[at + 1] != point + 1:
            written.append(rf"\U{start:08x}-\U{point:08x}")
            start = None
    return "".join(written)


# Marks stand on letters, and joiners between them, without ending the word (UAX #29).
MARKS = _ranges(
    [
        *(at for at in range(0x300, 0x1F000) if unicodedata.category(chr(at)).startswith("M")),
        *range(0xE0100, 0xE01F0),
    ]
)
JOINERS = "\u00ad\u200c\u200d"
# Thai to Khmer, kana, Hangul and the ideographs, in their order.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1100-\u11ff\u3005-\u3007\u3040-\u30ff\u3100-\u312f"
    "\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U0003ffff"
)
SYMBOLS = "\u2190-\u21ff\u2300-\u27bf\u2900-\u2bff\U0001f000-\U0001f2ff\U0001f300-\U0001faff"
TONES = "\U0001f3fb-\U0001f3ff"
LETTER = rf"[^\W_{UNSPACED}]"
# One letter and what makes a language of it: C++, C#.
NAMED = r"(?<![A-Za-z0-9])[A-Za-z](?:\+\+|#)(?!\w)"
RUN = re.compile(
    rf"(?P<word>{NAMED}|{LETTER}(?:{LETTER}|[{MARKS}{JOINERS}])*)"
    rf"|(?P<unspaced>[{UNSPACED}][{UNSPACED}{MARKS}]*)"
    rf"|(?P<symbol>[{SYMBOLS}][{TONES}]?)"
)
# Most texts, and read three times as fast.
PLAIN_RUN = re.compile(rf"(?P<word>{NAMED}|[A-Za-z0-9]+)")
ALL_UNSPACED = re.compile(f"[{UNSPACED}{MARKS}]+")
# Between two runs this makes them parts of one.
TIES = frozenset("-'’.,_\u2010\u2011·&+\u05f3\u05f4")
# Between groups of three digits these do so too.
SPACES = " \u00a0\u2009\u202f"
# Of two numbers side by side only thousands, dates and the like are one: 1.5 is not 15.
NUMBER = re.compile(r"v?\d+")
# What apostrophes take apart in English and is another word without: I'd, we're.
CONTRACTED = frozenset(("hell", "id", "ill", "shed", "shell", "wed", "well", "were"))
# Of Portuguese, with accents or without: reuniões.
PLURAL = re.compile("[oõ]es$")
VOICING = frozenset("\u3099\u309a")
UNSEEN = re.compile(rf"[{JOINERS}\ufe00-\ufe0f{TONES}]")
# Letters that are written in more than one way, what only stretches a word, an apostrophe that
# is a letter, and the digits of all scripts.
ALIKE = str.maketrans(
    {"\u0640": "", "\u02bc": "", "ة": "ه", "ى": "ي", "ی": "ي", "ک": "ك"}
    | {
        letter: str(unicodedata.decimal(letter))
        for letter in map(chr, range(0x80, 0x1FC00))
        if letter.isdecimal()
    }
)


class Word(NamedTuple):
    """A word in a text: from where to where it stands there, and the number of its place.

    What was tied together is a word of its own beside its parts, at the place of the first.
    `plain` is the stem of a word with accents as one types it without, if it is another; `first`
    the letter that a pair begins with.
    """

    surface: str
    stem: str
    start: int
    end: int
    place: int
    whole: bool = False
    plain: str = ""
    first: str = ""

    @property
    def stems(self) -> tuple[str, ...]:
        """All stems under which it is kept."""
        return tuple(each for each in (self.stem, self.plain, self.first) if each)


class Words:
    """Reads texts in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        stemmer = stemmer_for_language(language)
        if language == "pt":
            stemmer = _knowing_plurals(stemmer)
        self.known = lru_cache(maxsize=50_000)(lambda run: _known(run, stemmer))

    def of(self, text: str, place: int = 0) -> Iterator[Word]:
        """The words of a text, in its order; the places begin with this."""
        chain: list[Word] = []
        for run in (PLAIN_RUN if text.isascii() else RUN).finditer(text):
            start, end = run.span()
            if chain and not (start == chain[-1].end + 1 and _is_tied(chain, text, run)):
                yield from self._whole(chain, text)
                chain.clear()
            if run.lastgroup == "unspaced":
                for word in _pairs(run[0], start, place):
                    yield word
                    place = word.place + 1
                continue
            surface, stem, plain = self.known(run[0])
            if surface:
                word = Word(surface, stem, start, end, place, plain=plain)
                chain.append(word)
                place += 1
                yield word
        yield from self._whole(chain, text)

    def _whole(self, parts: list[Word], text: str) -> Iterator[Word]:
        if not 1 < len(parts) <= MOST_PARTS or (len(parts) == 2 and self._is_no_word(text, *parts)):
            return
        surface, stem, _ = self.known("".join(part.surface for part in parts))
        yield Word(surface, stem, parts[0].start, parts[-1].end, parts[0].place, whole=True)

    def _is_no_word(self, text: str, first: Word, second: Word) -> bool:
        """Whether two parts are not the same word without what is between them."""
        both = first.surface + second.surface
        if NUMBER.fullmatch(first.surface) and second.surface[0].isdigit():
            return not (second.surface.isdigit() and (len(second.surface) == 3 or len(both) >= 6))
        return self.language == "en" and text[first.end] in "'’" and both in CONTRACTED


def _is_tied(chain: list[Word], text: str, run: re.Match[str]) -> bool:
    """Whether a run goes on with the words before it, from which one sign parts it."""
    sign, last = text[run.start() - 1], chain[-1].surface
    has_groups = len(chain) > 1 and text[chain[-1].start - 1] in SPACES
    if sign in TIES:
        return not (has_groups and sign == "-")  # from 40 000-50 000
    is_group = sign in SPACES and len(run[0]) == 3 and run[0].isdecimal()
    return is_group and len(last) <= 3 and last.isdigit() and (has_groups or len(chain) == 1)


@lru_cache(maxsize=4)
def words_in(language: str) -> Words:
    """What reads texts in this language, which remembers the words it has met."""
    return Words(language)


def _known(run: str, stemmer: Callable[[str], str]) -> tuple[str, str, str]:
    """A word as written, its stem, and what that is without accents if it is another.

    Endings are known by their accents (créée, новый), so these are taken away last.
    """
    seen = UNSEEN.sub("", run)
    surface = sys.intern(_folded(seen)[:LONGEST])
    if len(surface) < 3 or not surface.isalpha():
        return surface, surface, ""
    plain = sys.intern(stemmer(surface))
    if run.isascii():
        return surface, plain, ""
    stem = sys.intern(_folded(stemmer(unicodedata.normalize("NFC", seen).lower())[:LONGEST]))
    return surface, stem or plain, plain if stem and stem != plain else ""


def _knowing_plurals(stemmer: Callable[[str], str]) -> Callable[[str], str]:
    """The stemmer of Portuguese, that takes reuniões for more than one reunião."""
    return lambda word: stemmer(PLURAL.sub("ão" if "õ" in word else "ao", word))


def _folded(text: str) -> str:
    if text.isalnum() and text.isascii():
        return text.lower()
    return fold(text).replace(" ", "").translate(ALIKE)


def _pairs(run: str, start: int, place: int) -> Iterator[Word]:
    """Each letter with the next, and the last alone: so each begins a word."""
    seen = _letters(run)
    for number, (at, end, letter) in enumerate(seen):
        _, last, following = seen[number + 1] if number + 1 < len(seen) else (at, end, "")
        pair, first = letter + following, letter if following else ""
        yield Word(pair, pair, start + at, start + last, place + number, first=first)


def _letters(run: str) -> list[tuple[int, int, str]]:
    """The letters of a run, folded, and from where to where each stands; marks are part of one."""
    seen: list[tuple[int, int, str]] = []
    for at, each in enumerate(run):
        letter = _voiced(each)
        if letter in VOICING and seen:
            start, _, voiceless = seen.pop()
            letter, at_first = unicodedata.normalize("NFC", voiceless + letter), start
        else:
            at_first = at
        if letter and letter not in VOICING:
            seen.append((at_first, at + 1, letter))
    return seen


def _voiced(letter: str) -> str:
    """A letter folded, but for the marks that make another kana of it: パ is not ハ."""
    apart = unicodedata.normalize("NFKD", letter)
    marks = "".join(each for each in apart if each in VOICING)
    return unicodedata.normalize("NFC", fold(letter) + marks) if marks else fold(letter)


def is_unspaced(surface: str) -> bool:
    """Whether this is of a script that puts no space between words."""
    return ALL_UNSPACED.fullmatch(surface) is not None
