"""Hash and check passwords with argon2id; unknown accounts take as long as wrong passwords."""

import secrets
from base64 import b64encode
from enum import Enum
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from linkmsg.models.password import normalize_password

# OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, 2 passes, 1 lane.
hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Each hash takes 19 MiB and a core, so many sign-ins at once must not exhaust the machine.
hashing_slots = BoundedSemaphore(4)


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password as text, with its parameters and a random salt.

    It is made of the normalized password, so that it does not matter how a keyboard encodes it.
    """
    with hashing_slots:
        return hasher.hash(normalize_password(password))


def dummy_hash() -> str:
    """Return a random text that looks like a hash but matches no password, without hashing."""
    salt, digest = (
        b64encode(secrets.token_bytes(size)).decode().rstrip("=")
        for size in (hasher.salt_len, hasher.hash_len)
    )
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${cost}${salt}${digest}"


class Match(Enum):
    """How a password compares to a hash; `OUTDATED` means right, but hash it again."""

    WRONG = 0
    RIGHT = 1
    OUTDATED = 2

    def __bool__(self) -> bool:
        """Return whether the password is right."""
        return self is not Match.WRONG


def compare(password: str, stored: str | None) -> Match:
    """Compare a password to a stored hash; wrong if `stored` is None (no account).

    It does the same work in both cases, so that its time does not reveal who has an account. A
    hash is outdated if it was made with older argon2id parameters, or of the password as it was
    typed, without normalizing it, as earlier versions did.
    """
    against, normalized = stored or dummy_hash(), normalize_password(password)
    if _verify(against, normalized):
        match = Match.OUTDATED if hasher.check_needs_rehash(against) else Match.RIGHT
    else:
        match = Match(2 * (password != normalized and _verify(against, password)))
    return match if stored else Match.WRONG


def _verify(stored: str, password: str) -> bool:
    with hashing_slots:
        try:
            return hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False
