"""Hash and check passwords with argon2id; unknown accounts take as long as wrong passwords."""

import secrets
from base64 import b64encode
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, 2 passes, 1 lane.
hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Each hash takes 19 MiB and a core, so many sign-ins at once must not exhaust the machine.
hashing_slots = BoundedSemaphore(4)


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password as text, with its parameters and a random salt."""
    with hashing_slots:
        return hasher.hash(password)


def dummy_hash() -> str:
    """Return a random text that looks like a hash but matches no password, without hashing."""
    salt, digest = (
        b64encode(secrets.token_bytes(size)).decode().rstrip("=")
        for size in (hasher.salt_len, hasher.hash_len)
    )
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${cost}${salt}${digest}"


def matches(password: str, stored: str | None) -> bool:
    """Return whether a password matches a stored hash; false if `stored` is None (no account).

    It does the same work in both cases, so that its time does not reveal who has an account.
    """
    against = stored or dummy_hash()
    with hashing_slots:
        try:
            hasher.verify(against, password)
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Return whether a hash was made with older argon2id parameters and should be made again."""
    return hasher.check_needs_rehash(stored)
