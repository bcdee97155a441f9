"""The tokenizer, which reads texts the same way for the index, for queries and for highlights.

A text is split into runs (letters and digits in a row, or an emoji). Each run becomes
a token with its surface, which is the run without accents and in lower case, and its stem, the
base form of the word: *meet* for *Meeting*. Runs connected by a hyphen, an apostrophe, a dot or
the like give a token for each part and one for all of them together, the compound: `e-mail` is
found by *mail* and *email*, 1,200 and 1 200 by *1200*. Scripts without spaces between words,
such as Chinese and Thai, are split into overlapping pairs of letters.
"""

import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from whoosh.lang import stemmer_for_language

from linkmsg.models.text import fold
from linkmsg.search.analysis.patterns import (
    ASCII_RUN,
    COMBINING_MARKS,
    CONNECTORS,
    GROUP_SPACES,
    INVISIBLE_JOINERS,
    RUN,
    SKIN_TONES,
    UNSPACED,
)

# Longer runs are no words anybody searches for; they are cut. With accents and other marks a run
# may be longer.
MAX_LETTERS, MAX_RUN = 64, 256
# A compound of more parts gets no token of its own.
MAX_PARTS = 6
ALL_UNSPACED = re.compile(f"[{UNSPACED}{COMBINING_MARKS}]+")
NUMBER = re.compile(r"v?\d+")
# English contractions that are another word without their apostrophe: I'd, we're.
CONTRACTIONS = frozenset(("hell", "id", "ill", "shed", "shell", "wed", "well", "were"))
# The Portuguese plural of words in -ão, with accents or without: reuniões.
PLURAL = re.compile("[oõ]es$")
VOICING_MARKS = frozenset("\u3099\u309a")
INVISIBLE = re.compile(rf"[{INVISIBLE_JOINERS}\ufe00-\ufe0f{SKIN_TONES}]")
# Letters with several code points, the tatweel that only stretches a word, an apostrophe that
# is a letter, and the digits of all scripts.
EQUIVALENTS = str.maketrans(
    {"\u0640": "", "\u02bc": "", "ة": "ه", "ى": "ي", "ی": "ي", "ک": "ك"}
    | {
        letter: str(unicodedata.decimal(letter))
        for letter in map(chr, range(0x80, 0x1FC00))
        if letter.isdecimal()
    }
)


class Token(NamedTuple):
    """A word of a text: where it stands, and the forms by which it is found.

    `surface` is the word in lower case without accents, `stem` its base form. The word stands
    from character `start` up to but excluding `end`, and is number `position` of the text. A
    compound, such as `e-mail` as *email*, has the position of its first part. `unaccented_stem` is
    the stem that a word with accents has when it is typed without them, '' if that is the same.
    `first_letter` is the first of a pair of letters from a script without spaces, else ''.
    """

    surface: str
    stem: str
    start: int
    end: int
    position: int
    is_compound: bool = False
    unaccented_stem: str = ""
    first_letter: str = ""

    @property
    def stems(self) -> tuple[str, ...]:
        """Return all forms of the word under which it is found in the index: one or two."""
        if not (self.unaccented_stem or self.first_letter):
            return (self.stem,)
        return tuple(filter(None, (self.stem, self.unaccented_stem, self.first_letter)))


class Tokenizer:
    """Splits texts into tokens (words), with base forms by the rules of one language.

    `normalize` takes one run and returns its surface, its stem, and its stem without accents, as
    in a `Token`.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        stemmer = stemmer_for_language(language)
        if language == "pt":
            stemmer = _with_plurals(stemmer)
        self.normalize = lru_cache(maxsize=50_000)(lambda run: _normalize(run, stemmer))

    def tokenize(self, text: str) -> Iterator[Token]:
        """Yield the tokens of a text in order; a compound comes after its parts."""
        chain, position = list[Token](), 0
        for run in (ASCII_RUN if text.isascii() else RUN).finditer(text):
            start, end = run.span()
            if chain and not (start == chain[-1].end + 1 and _is_connected(chain, text, run)):
                yield from self._compound(chain, text)
                chain.clear()
            if run.lastgroup == "unspaced":
                for token in _pairs(run[0], start, position):
                    yield token
                    position = token.position + 1
                continue
            surface, stem, unaccented = self.normalize(run[0])
            if surface:
                token = Token(surface, stem, start, end, position, unaccented_stem=unaccented)
                chain.append(token)
                position += 1
                yield token
        yield from self._compound(chain, text)

    def _compound(self, parts: list[Token], text: str) -> Iterator[Token]:
        if not 1 < len(parts) <= MAX_PARTS or (len(parts) == 2 and self._is_separate(text, *parts)):
            return
        surface, stem, _ = self.normalize("".join(part.surface for part in parts))
        first, last = parts[0], parts[-1]
        yield Token(surface, stem, first.start, last.end, first.position, is_compound=True)

    def _is_separate(self, text: str, first: Token, second: Token) -> bool:
        """Return whether two connected parts would mean something else if written as one.

        I'd is not *id*, and 1.5 is not 15. Two numbers are one only if they look like thousands
        (1,200) or a date (03-2026).
        """
        both = first.surface + second.surface
        if NUMBER.fullmatch(first.surface) and second.surface[0].isdigit():
            return not (second.surface.isdigit() and (len(second.surface) == 3 or len(both) >= 6))
        return self.language == "en" and text[first.end] in "'’" and both in CONTRACTIONS


def _is_connected(chain: list[Token], text: str, run: re.Match[str]) -> bool:
    """Return whether a run and the tokens before it (`chain`) are parts of one word or number.

    The run begins one character after the chain. It belongs to it if that character is a hyphen
    or the like (`CONNECTORS`), or a space between groups of three digits.
    """
    connector, last = text[run.start() - 1], chain[-1].surface
    has_groups = len(chain) > 1 and text[chain[-1].start - 1] in GROUP_SPACES
    if connector in CONNECTORS:
        return not (has_groups and connector == "-")  # from 40 000-50 000
    is_group = connector in GROUP_SPACES and len(run[0]) == 3 and run[0].isdecimal()
    return is_group and len(last) <= 3 and last.isdigit() and (has_groups or len(chain) == 1)


@lru_cache(maxsize=4)
def tokenizer_for(language: str) -> Tokenizer:
    """Return the shared tokenizer of a language (`en`), which caches the words it has seen."""
    return Tokenizer(language)


def _normalize(run: str, stemmer: Callable[[str], str]) -> tuple[str, str, str]:
    """Return the forms by which a run (letters and digits in a row) is found.

    These are the run in lower case without accents, its stem (base form), and the stem of the
    run without accents, '' if that is the same. Stems are made before accents are removed, since
    stemmers know endings by them (créée, новый).
    """
    visible = INVISIBLE.sub("", run)[:MAX_RUN]
    surface = sys.intern(_fold(visible)[:MAX_LETTERS])
    if len(surface) < 3 or not surface.isalpha():
        return surface, surface, ""
    unaccented = sys.intern(stemmer(surface))
    if run.isascii():
        return surface, unaccented, ""
    accented = stemmer(unicodedata.normalize("NFC", visible).lower())
    stem = sys.intern(_fold(accented[:MAX_LETTERS]))
    return surface, stem or unaccented, unaccented if stem and stem != unaccented else ""


def _with_plurals(stemmer: Callable[[str], str]) -> Callable[[str], str]:
    """Return a Portuguese stemmer that first turns plurals into singulars: reuniões, reunião."""
    return lambda word: stemmer(PLURAL.sub("ão" if "õ" in word else "ao", word))


def _fold(text: str) -> str:
    if text.isalnum() and text.isascii():
        return text.lower()
    return fold(text).replace(" ", "").translate(EQUIVALENTS)


def _pairs(run: str, start: int, position: int) -> Iterator[Token]:
    """Yield a token for each letter with the next one, and one for the last letter alone.

    The run is of a script without spaces; `start` is its first character in the text, and
    `position` the number of its first token.
    """
    letters = _letters(run)
    for number, (at, end, letter) in enumerate(letters):
        _, last, following = letters[number + 1] if number + 1 < len(letters) else (at, end, "")
        pair, first = letter + following, letter if following else ""
        yield Token(pair, pair, start + at, start + last, position + number, first_letter=first)


def _letters(run: str) -> list[tuple[int, int, str]]:
    """Return the letters of a run without case and accents, each as (start, end, letter).

    Accents and other marks are no letters of their own. Voicing marks of kana stay with their
    letter: パ is not ハ.
    """
    letters: list[tuple[int, int, str]] = []
    for at, each in enumerate(run):
        letter = _fold_letter(each)
        if letter in VOICING_MARKS and letters:
            start, _, voiceless = letters.pop()
            letter, at_first = unicodedata.normalize("NFC", voiceless + letter), start
        else:
            at_first = at
        if letter and letter not in VOICING_MARKS:
            letters.append((at_first, at + 1, letter))
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
