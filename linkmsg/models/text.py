"""Clean and check texts that people type."""

import re
import unicodedata

CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# Overrides and isolates that can make a name read as another (Unicode UAX #9, TR #36).
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Invisible characters; a text of nothing else is empty.
INVISIBLE = re.compile(
    "[\\s\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202f\u2060-\u2069\u3164\ufe00-\ufe0f\ufeff\uffa0]+"
)


def one_line(text: str) -> str:
    """Return a text with each line break or run of spaces as one space, and none around it."""
    return " ".join(text.split())


def clean_lines(text: str) -> str:
    """Return a text with LF line ends, without blank lines around it; it may begin with spaces."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").rstrip()


def is_empty(text: str) -> bool:
    """Return whether a text is empty or has only spaces and other invisible characters."""
    return not text or INVISIBLE.fullmatch(text) is not None


def script(letter: str) -> str:
    """Return the script of a letter, by its Unicode name, such as "LATIN" or "CJK"; "" if none."""
    return unicodedata.name(letter, "").partition(" ")[0]


def line_error(text: str) -> str | None:
    """Return a sentence if a name or other single line has forbidden characters; None if not.

    Forbidden are control characters, line breaks, and marks that reverse the direction of text.
    """
    if CONTROLS.search(text) or "\n" in text:
        return "This has a character that can't be shown. Type it again."
    if BIDI.search(text):
        return "This has a mark that turns the direction of text. Type it again without the mark."
    return None


def body_error(text: str) -> str | None:
    """Return a sentence if a longer text has control characters (line breaks may be); else None."""
    if CONTROLS.search(text):
        return "This has a character that can't be shown. Remove it and try again."
    return None
