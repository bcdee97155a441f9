"""What people type: cleaned, checked and folded for comparing."""

import re
import unicodedata

CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# Overrides and isolates that can make a name read as another (Unicode UAX #9, TR #36).
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Characters that show nothing: a text of these alone is empty.
INVISIBLE = re.compile(
    "[\\s\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202f\u2060-\u2069\u3164\ufe00-\ufe0f\ufeff\uffa0]+"
)
# Letters with a stroke or joined, that Unicode does not take apart.
STROKED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)


def fold(text: str) -> str:
    """Text for comparing: no accents, no case, single spaces."""
    # Twice: what is taken apart may have a case (𝐀 is A), and what is folded a part (ΐ).
    plain = unicodedata.normalize("NFKD", text).casefold()
    apart = unicodedata.normalize("NFKD", plain)
    bare = "".join(each for each in apart if not unicodedata.combining(each))
    return " ".join(unicodedata.normalize("NFC", bare).translate(STROKED).split())


def one_line(text: str) -> str:
    """Text on one line, single spaces, none around it."""
    return " ".join(text.split())


def clean_lines(text: str) -> str:
    """Text with LF line ends, and none around it. Spaces that open the first line stay."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").rstrip()


def is_empty(text: str) -> bool:
    """Whether nothing of this text can be seen."""
    return not INVISIBLE.sub("", text)


def script(letter: str) -> str:
    """The script of a letter, by the first word of its Unicode name: LATIN, CJK, ARABIC."""
    return unicodedata.name(letter, "").partition(" ")[0]


def line_error(text: str) -> str | None:
    """What is wrong with a name or another single line, in a sentence; None if nothing."""
    if CONTROLS.search(text) or "\n" in text:
        return "This holds a character that can't be shown. Type it again."
    if BIDI.search(text):
        return "This holds a mark that turns the direction of text. Type it without."
    return None


def body_error(text: str) -> str | None:
    """What is wrong with the characters of a longer text, in a sentence; None if nothing."""
    if CONTROLS.search(text):
        return "This holds a character that can't be shown. Take it out and try again."
    return None
