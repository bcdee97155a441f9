"""Password rules: length, not one of the commonest, and nothing that others know of its owner."""

import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from linkmsg.config import settings
from linkmsg.models.folding import fold
from linkmsg.models.member import Member
from linkmsg.models.text import is_empty

MAX_LENGTH = 1024
GUESS = "Choose one that is hard to guess."


def normalize_password(typed: str) -> str:
    """Return a password in the form NFKC of Unicode (NIST SP 800-63B, 3.1.1.2).

    Keyboards and systems encode the same characters differently, such as é and full-width letters.
    A text that is too long for a password in any form is returned as it is: normalizing it can
    take time that grows with the square of its length.
    """
    if len(typed) > 4 * MAX_LENGTH:
        return typed
    return unicodedata.normalize("NFKC", typed)


@cache
def common_passwords() -> frozenset[str]:
    """Return the passwords of at least 8 characters from zxcvbn's list of the 10,000 commonest."""
    path = files("linkmsg.models").joinpath("common_passwords.txt")
    return frozenset(path.read_text().split())


def known_words(email: str, name: str, handle: str = "", place: str = "") -> dict[str, str]:
    """Return what others know of the owner of a password, each with what it is.

    `place` is the name of the instance. Without `handle` it is the one that a new member would get.
    """
    return {
        "your email address": email,
        "the first part of your email address": email.partition("@")[0],
        "your name": name,
        "your handle": handle or Member.handle_from(name),
        "the name of this network": place,
    }


def password_error(password: str, known: Mapping[str, str]) -> str | None:
    """Return a sentence that says why a new password is refused; None if it is accepted.

    It may be too short, too long, one of the most common, one character only, or a word of
    `known` (see `known_words`), in any case. Follows NIST SP 800-63B, 3.1.1.2. It is checked in
    its normalized form, of which the hash is made.
    """
    password = normalize_password(password)
    if error := _length_error(password):
        return error
    if is_empty(password):
        return "This is only spaces. Use letters, digits or words."
    if len(set(password.casefold())) == 1:
        return f"This repeats one character. {GUESS}"
    if password.lower() in common_passwords():
        return f"This is one of the most common passwords. {GUESS}"
    same = _known_as(password, known)
    return f"This is {same}. {GUESS}" if same else None


def _length_error(password: str) -> str | None:
    if len(password) < settings.password_min:
        return f"This has {len(password)} characters. Use {settings.password_min} or more."
    if len(password) > MAX_LENGTH:
        return f"A password can have {MAX_LENGTH:,} characters. This one is longer."
    return None


def _known_as(password: str, known: Mapping[str, str]) -> str | None:
    folded = fold(password)
    return next((what for what, word in known.items() if word and fold(word) == folded), None)
