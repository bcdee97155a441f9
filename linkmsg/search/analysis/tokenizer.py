"""The tokenizer, which reads texts the same way for the index, for queries and for highlights.

A text is brought into its normal form and split into runs (letters and digits in a row, or an
emoji). Each run becomes a token with its surface, which is the run without accents and in lower
case, and its stem, the base form of the word: *meet* for *Meeting*. Runs connected by a hyphen,
an apostrophe, a dot or the like give a token for each part and one for all of them together, the
compound: `e-mail` is found by *mail* and *email*, 1,200 and 1 200 by *1200*. So do the words in
`userName`, and the groups of a long number. Scripts without spaces between words, such as Chinese
and Thai, are split into overlapping pairs of letters.
"""

import re
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from whoosh.lang import stemmer_for_language

from linkmsg.models.folding import fold, normalized_with_places
from linkmsg.search.analysis.number_rows import NumberRow
from linkmsg.search.analysis.patterns import (
    ASCII_RUN,
    CONNECTORS,
    GROUP_SPACES,
    HUMP,
    RUN,
    SKIN_TONES,
)
from linkmsg.search.analysis.token import Token
from linkmsg.search.analysis.unspaced import pairs

# Longer runs are no words anybody searches for; they are cut. With accents and other marks a run
# may be longer.
MAX_LETTERS, MAX_RUN = 64, 256
# A compound of more parts gets no token of its own.
MAX_PARTS = 6
NUMBER = re.compile(r"v?\d+")
# English contractions that are another word without their apostrophe: I'd, we're.
CONTRACTIONS = frozenset(("hell", "id", "ill", "shed", "shell", "wed", "well", "were"))
# The Portuguese plural of words in -ão, with accents or without: reuniões.
PLURAL = re.compile("[oõ]es$")
SKIN_TONE = re.compile(f"[{SKIN_TONES}]")


class WordForms(NamedTuple):
    """The forms by which a run is found, as in a `Token`, and the places where it is divided."""

    surface: str
    stem: str
    unaccented_stem: str
    divisions: tuple[int, ...]


class Tokenizer:
    """Splits texts into tokens (words), with base forms by the rules of one language.

    `normalize` takes one run of a text in its normal form and returns its forms.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        stemmer = stemmer_for_language(language)
        if language == "pt":
            stemmer = _with_plurals(stemmer)
        self.normalize = lru_cache(maxsize=50_000)(lambda run: _normalize(run, stemmer))

    def tokenize(self, text: str) -> Iterator[Token]:
        """Yield the tokens of a text in order; a compound comes after its parts."""
        normal = normalized_with_places(text)
        for token in self.tokenize_normalized(normal.text):
            start, end = normal.original(token.start, token.end)
            yield token._replace(start=start, end=end)

    def tokenize_normalized(self, text: str) -> Iterator[Token]:
        """Yield the tokens of a text that is in its normal form already."""
        chain, row, position = list[Token](), NumberRow(), 0
        for run in (ASCII_RUN if text.isascii() else RUN).finditer(text):
            start, end = run.span()
            if chain and not (start == chain[-1].end + 1 and _is_connected(chain, text, run)):
                yield from self._end(chain, row, text, start)
            if run.lastgroup == "unspaced":
                for token in pairs(run[0], start, position):
                    yield token
                    position = token.position + 1
                continue
            word = self.normalize(run[0])
            if word.surface:
                token = Token(word.surface, word.stem, start, end, position, False, word[2])
                if not chain:
                    row.begin(text, token)
                chain.append(token)
                row.add(token)
                position += 1
                yield token
                if word.divisions:
                    yield from self._inside(run[0], token, word.divisions)
        yield from self._end(chain, row, text, len(text) + 1)

    def _inside(self, run: str, word: Token, divisions: tuple[int, ...]) -> Iterator[Token]:
        """Yield the parts of a word such as `userName`, without single letters."""
        position = word.position
        for at, end in pairwise((0, *divisions, len(run))):
            part = self.normalize(run[at:end])
            if end - at > 1 or part.surface.isdigit():
                where = word.start + at, word.start + end, position
                yield Token(*part[:2], *where, False, part.unaccented_stem, is_inside=True)
                position += 1

    def _end(self, chain: list[Token], row: NumberRow, text: str, at: int) -> Iterator[Token]:
        """End a chain, and the number row if it ends before `at`; yield what they are together."""
        compound = self._compound(chain, text)
        chain.clear()
        if compound:
            yield compound
        if row.tokens and at >= row.end:
            whole = row.surface(text)
            first, last = row.tokens[0], row.tokens[-1]
            row.tokens.clear()
            if whole and not (compound and (first.start, last.end) == compound[2:4]):
                yield Token(whole, whole, first.start, last.end, first.position, True)

    def _compound(self, parts: list[Token], text: str) -> Token | None:
        if not 1 < len(parts) <= MAX_PARTS or (len(parts) == 2 and self._is_separate(text, *parts)):
            return None
        word = self.normalize("".join(part.surface for part in parts))
        first, last = parts[0], parts[-1]
        return Token(word.surface, word.stem, first.start, last.end, first.position, True)

    def _is_separate(self, text: str, first: Token, second: Token) -> bool:
        """Return whether two connected parts would mean something else if written as one.

        I'd is not *id*, and 1.5 is not 15. Two numbers are one only if they look like thousands
        (1,200) or a date (03-2026).
        """
        both = first.surface + second.surface
        if NUMBER.fullmatch(first.surface) and second.surface[0].isdigit():
            return not (second.surface.isdigit() and (len(second.surface) == 3 or len(both) >= 6))
        return self.language == "en" and text[first.end] in "'`" and both in CONTRACTIONS


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


def _normalize(run: str, stemmer: Callable[[str], str]) -> WordForms:
    """Return the forms by which a run (letters and digits in a row) is found.

    These are the run in lower case without accents, its stem (base form), and the stem of the
    run without accents, '' if that is the same. Stems are made before accents are removed, since
    stemmers know endings by them (créée, новый).
    """
    visible = SKIN_TONE.sub("", run)[:MAX_RUN]
    divisions = tuple(each.start() for each in HUMP.finditer(visible[:MAX_LETTERS]))
    surface = sys.intern(_fold(visible)[:MAX_LETTERS])
    if len(surface) < 3 or not surface.isalpha():
        return WordForms(surface, surface, "", divisions)
    unaccented = sys.intern(stemmer(surface))
    if run.isascii():
        return WordForms(surface, unaccented, "", divisions)
    accented = stemmer(visible.lower())
    stem = sys.intern(_fold(accented[:MAX_LETTERS]))
    other = unaccented if stem and stem != unaccented else ""
    return WordForms(surface, stem or unaccented, other, divisions)


def _with_plurals(stemmer: Callable[[str], str]) -> Callable[[str], str]:
    """Return a Portuguese stemmer that first turns plurals into singulars: reuniões, reunião."""
    return lambda word: stemmer(PLURAL.sub("ão" if "õ" in word else "ao", word))


def _fold(text: str) -> str:
    if text.isalnum() and text.isascii():
        return text.lower()
    return fold(text).replace(" ", "")
