"""Bring texts into one form for comparison, the same for messages, names and what is searched.

`normalized` keeps case and accents, and tells where each character came from; `fold` keeps neither.
Both follow NFKC_Casefold of the Unicode Standard (chapter 3.13), which drops characters that are
not visible in words.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

# Default_Ignorable_Code_Point, from DerivedCoreProperties.txt of the Unicode Character Database.
IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff"
)
# What is typed for an apostrophe, and for a hyphen.
APOSTROPHES = "'\u2018\u2019\u201b\u2032\u00b4\u1ffd\uff07\u275b\u275c"
HYPHENS = "-\u2010-\u2013\u2212\u058a\u05be\ufe58\ufe63\uff0d"
# Letters with a stroke, and ligatures, which Unicode does not decompose.
STROKED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)
# All characters but Hangul syllables and ideographs, which have one form only.
POINTS = (*range(0x80, 0x3400), *range(0xA000, 0xAC00), *range(0xD7B0, 0xD800))
POINTS += (*range(0xF900, 0x1FC00), *range(0x2F800, 0x2FA20))
CHARACTERS = [chr(point) for point in POINTS]
# Symbols behind a word, such as ™, are no letters of it.
RAISED = re.compile(r"<super> 00[4-6].")


def character_class(characters: Iterable[str]) -> str:
    """Return characters as ranges for a regular expression, to be put in [brackets]."""
    written, start, last = list[str](), -1, -2
    for point in (*sorted(map(ord, characters)), -1):
        if point != last + 1:
            written += [rf"\U{start:08x}-\U{last:08x}"] if start >= 0 else []
            start = point
        last = point
    return "".join(written)


def _ignorable() -> list[str]:
    pairs = re.findall("(.)(?:-(.))?", IGNORABLE)
    return [chr(at) for first, last in pairs for at in range(ord(first), ord(last or first) + 1)]


def _forms() -> Iterator[tuple[str, str, str]]:
    """Yield each character that is stored in several ways, its NFKC form and its decomposition."""
    for character in CHARACTERS:
        if decomposition := unicodedata.decomposition(character):
            yield character, unicodedata.normalize("NFKC", character), decomposition


def _continuing(forms: Sequence[tuple[str, str, str]]) -> set[str]:
    """Return the characters that may change the one before them: accents, vowels of Hangul."""
    canonical = [
        chr(int(each.split()[1], 16))
        for character, form, each in forms
        if form == character and " " in each
    ]
    found = {*canonical, *map(chr, (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3)))}
    return found | {each for each, form, _ in forms if form[0] in found}


def _changing(forms: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    """Yield the characters whose form differs, if it belongs to a word."""
    for character, form, decomposition in forms:
        if form == character or RAISED.match(decomposition):
            continue
        if (
            any(map(str.isalnum, form))
            or form in {*".,_&+\u00b7"}
            or unicodedata.combining(form[-1])
        ):
            yield character


_FORMS = list(_forms())
_CHANGING, _CONTINUING = set(_changing(_FORMS)), _continuing(_FORMS).union(_ignorable())
# All characters above U+FFFF are looked at: with many ranges of them, a class is 50 times as slow.
_UNSTABLE = character_class(each for each in _CHANGING | _CONTINUING if each <= "\uffff")
CLUSTER = re.compile(rf"[{_UNSTABLE}\U00010000-\U0010ffff](?:[{character_class(_CONTINUING)}]+)?")
IGNORED, APOSTROPHE = re.compile(f"[{IGNORABLE}]+"), re.compile(f"[{APOSTROPHES}]")
HYPHEN = re.compile(f"[{HYPHENS}]")
# What is one letter for readers: letters of Arabic and Persian keyboards, digits of all scripts.
# The others only stretch, surround or separate letters, or are apostrophes that count as letters.
EQUIVALENTS = STROKED | str.maketrans(
    {"ة": "ه", "ى": "ي", "ی": "ي", "ک": "ك"}
    | {each: str(unicodedata.decimal(each)) for each in CHARACTERS if each.isdecimal()}
    | dict.fromkeys("\u0640\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ee\ua78b\ua78c", "")
    | dict.fromkeys("\u0488\u0489\u1abe\u20dd\u20de\u20df\u20e0\u20e2\u20e3\u20e4", "")
    | dict.fromkeys("\ua670\ua671\ua672", "")
)


class NormalizedText(NamedTuple):
    """A text in its normal form, and where the characters come from.

    `starts` and `ends` have, for each character, the place in the original text of what it was
    made from; None if all characters stand where they stood.
    """

    text: str
    starts: Sequence[int] | None = None
    ends: Sequence[int] | None = None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the start and end in the original text of what stands here from start to end."""
        if self.starts is None or self.ends is None or start >= end:
            return start, end
        return self.starts[start], self.ends[end - 1]


def normalized(text: str) -> str:
    """Return a text in the form NFKC, with one apostrophe and one hyphen, without ignorable marks.

    Symbols that are no part of a word stay as they are: … and ™.
    """
    if text.isascii():
        return text
    plain = HYPHEN.sub("-", APOSTROPHE.sub("'", text))
    at, pieces = 0, list[str]()
    for start, end in _clusters(plain):
        pieces += (plain[at:start], _nfkc(plain[start:end]))
        at = end
    return "".join((*pieces, plain[at:]))


def normalized_with_places(text: str) -> NormalizedText:
    """Return the same as `normalized`, with the place of each character in the original text."""
    if text.isascii():
        return NormalizedText(text)
    plain = HYPHEN.sub("-", APOSTROPHE.sub("'", text))
    if not CLUSTER.search(plain):
        return NormalizedText(plain)
    pieces, starts, ends, at = list[str](), list[int](), list[int](), 0
    for start, end in _clusters(plain):
        new = _nfkc(plain[start:end])
        pieces += (plain[at:start], new)
        starts += (*range(at, start), *[start] * len(new))
        ends += (*range(at + 1, start + 1), *[end] * len(new))
        at = end
    pieces.append(plain[at:])
    starts += range(at, len(plain))
    ends += range(at + 1, len(plain) + 1)
    return NormalizedText("".join(pieces), starts, ends)


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Yield the start and end of what must be read together: a character and what changes it."""
    for match in CLUSTER.finditer(text):
        start, end = match.span()
        yield max(0, start - (text[start] in _CONTINUING)), end


@lru_cache(maxsize=4096)
def _nfkc(cluster: str) -> str:
    seen = IGNORED.sub("", cluster)
    is_stable = len(seen) == 1 and seen not in _CHANGING
    return seen if is_stable else unicodedata.normalize("NFKC", seen)


@lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name: of N'Diaye-Ó Dálaigh *n*, *diaye*, *o* and *dalaigh*."""
    bare = (each if unicodedata.category(each)[0] in "LNM" else " " for each in fold(name))
    return tuple("".join(bare).split())


def searchable_name(name: str) -> str:
    """Return a name as it is stored for search: " odalaigh dalaigh" for Ó Dálaigh.

    It has the name from each of its words on, without what is between the words, so that it is
    found however it is divided. A space comes before each.
    """
    words = words_of(name)
    return "".join(f" {''.join(words[at:])}" for at in range(len(words)))


def searchable_text(text: str) -> str:
    """Return a text as it is stored for search: the same, but no word is joined to the next."""
    return "".join(map(searchable_name, text.split()))


def fold(text: str) -> str:
    """Return a text in lower case, without accents, with single spaces: "Zoë  R" gives "zoe r"."""
    plain = IGNORED.sub("", HYPHEN.sub("-", APOSTROPHE.sub("'", text)))
    # Decompose twice: a decomposed letter may have case (𝐀 is A), and case folding may compose (ΐ).
    folded = unicodedata.normalize("NFKD", plain).casefold()
    decomposed = unicodedata.normalize("NFKD", folded)
    bare = "".join(each for each in decomposed if not unicodedata.combining(each))
    return " ".join(unicodedata.normalize("NFC", bare).translate(EQUIVALENTS).split())
