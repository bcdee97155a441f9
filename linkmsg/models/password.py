"""What a password must be: long enough, and not one of the commonest."""

from functools import cache
from importlib.resources import files

from linkmsg.config import settings

MAX_LENGTH = 1024


@cache
def common_passwords() -> frozenset[str]:
    """Those of 8 characters or more of the 10,000 commonest, in zxcvbn's count of leaks."""
    kept = files("linkmsg.models").joinpath("common_passwords.txt")
    return frozenset(kept.read_text().split())


def password_error(password: str) -> str | None:
    """Why this can't be a password, in a sentence; None if it can (NIST SP 800-63B, 3.1.1.2)."""
    if len(password) < settings.password_min:
        return f"This has {len(password)} characters. Use {settings.password_min} or more."
    if len(password) > MAX_LENGTH:
        return f"A password can have {MAX_LENGTH:,} characters. This one is longer."
    if password.lower() in common_passwords():
        return "This is one of the commonest passwords. Take one that nobody would guess."
    return None
