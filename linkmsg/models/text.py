"""Clean and check texts that people type."""

import re
import unicodedata

import regex

CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# Overrides and isolates that can make a name read as another (Unicode UAX #9, TR #36).
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
# What is not seen by itself: spaces, blanks, characters that only act on others, and marks without
# a letter. Unicode has no property for blanks: Braille blank, object replacement, null notehead.
UNSEEN = r"[\s\p{Z}\p{Cc}\p{Cf}\p{M}\p{Default_Ignorable_Code_Point}\u2800\ufffc\U0001d159]"
ONLY_UNSEEN = regex.compile(f"{UNSEEN}*+")
WORD = regex.compile(rf"(?!{UNSEEN})[^\s\u2800]++")
# More marks than any script puts on one letter: they run over the lines around.
PILED_MARKS = regex.compile(r"(\p{M}{8})\p{M}++")


def one_line(text: str) -> str:
    """Return a text with each line break or run of spaces as one space, and none around it.

    It is "" if nothing of it can be seen.
    """
    return "" if is_empty(text) else " ".join(text.split())


def clean_lines(text: str) -> str:
    """Return a text with LF line ends, without blank lines around it; it may begin with spaces.

    It is "" if nothing of it can be seen.
    """
    if is_empty(text):
        return ""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").rstrip()


def is_empty(text: str) -> bool:
    """Return whether a text has only spaces and other characters that can't be seen."""
    return ONLY_UNSEEN.fullmatch(text) is not None


def words(text: str) -> list[str]:
    """Return the words of a name, each from its first visible character on."""
    return [found[0] for found in WORD.finditer(text)]


def script(letter: str) -> str:
    """Return the script of a letter, by its Unicode name, such as "LATIN" or "CJK"; "" if none."""
    return unicodedata.name(letter, "").partition(" ")[0]


def line_error(text: str) -> str | None:
    """Return a sentence if a name or other single line has forbidden characters; None if not.

    Forbidden are control characters, line breaks, marks that reverse the direction of text, and
    more than eight accents on one letter.
    """
    if CONTROLS.search(text) or "\n" in text:
        return "This has a character that can’t be shown. Type it again."
    if BIDI.search(text):
        return "This has an invisible character that changes the text direction. Type it again."
    if PILED_MARKS.search(text):
        return "This has too many accents on one letter. Remove some of them."
    return None


def body_error(text: str) -> str | None:
    """Return a sentence if a longer text has control characters (line breaks may be); else None."""
    if CONTROLS.search(text):
        return "This has a character that can’t be shown. Remove it and try again."
    return None
