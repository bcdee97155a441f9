"""Password rules: length, and not one of the most common passwords."""

from functools import cache
from importlib.resources import files

from linkmsg.config import settings

MAX_LENGTH = 1024


@cache
def common_passwords() -> frozenset[str]:
    """Return the passwords of at least 8 characters from zxcvbn's list of the 10,000 commonest."""
    path = files("linkmsg.models").joinpath("common_passwords.txt")
    return frozenset(path.read_text().split())


def password_error(password: str) -> str | None:
    """Return a sentence that says why a new password is refused; None if it is accepted.

    It may be too short, too long, or one of the most common. Follows NIST SP 800-63B, 3.1.1.2.
    """
    if len(password) < settings.password_min:
        return f"This has {len(password)} characters. Use {settings.password_min} or more."
    if len(password) > MAX_LENGTH:
        return f"A password can have {MAX_LENGTH:,} characters. This one is longer."
    if password.lower() in common_passwords():
        return "This is one of the most common passwords. Choose one that is hard to guess."
    return None
