"""Hashing passwords: argon2id, a few at once, and the same work for who is not here."""

import secrets
from base64 import b64encode
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, 2 passes, 1 lane.
hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Each hash holds 19 MiB and a core: a crowd at the door must not take the machine.
hashing_slots = BoundedSemaphore(4)


def hash_password(password: str) -> str:
    """The hash of a password, with its parameters and salt."""
    with hashing_slots:
        return hasher.hash(password)


def dummy_hash() -> str:
    """A hash with today's parameters that is of no password: made without the work of hashing."""
    salt, digest = (
        b64encode(secrets.token_bytes(size)).decode().rstrip("=")
        for size in (hasher.salt_len, hasher.hash_len)
    )
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${cost}${salt}${digest}"


def matches(password: str, kept: str | None) -> bool:
    """Whether this is the password of a kept hash; without one, the same work for nothing."""
    against = kept or dummy_hash()
    with hashing_slots:
        try:
            hasher.verify(against, password)
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return hasher.check_needs_rehash(kept)
