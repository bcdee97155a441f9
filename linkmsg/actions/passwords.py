"""Password hashing with argon2id, and checks that take the same time for unknown accounts."""

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
    """Return the argon2id hash of a password, with its parameters and salt."""
    with hashing_slots:
        return hasher.hash(password)


def dummy_hash() -> str:
    """Return a hash with the current parameters that no password matches; costs no hashing."""
    salt, digest = (
        b64encode(secrets.token_bytes(size)).decode().rstrip("=")
        for size in (hasher.salt_len, hasher.hash_len)
    )
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${cost}${salt}${digest}"


def matches(password: str, stored: str | None) -> bool:
    """Return whether a password matches a stored hash.

    Without a hash it does the same work, so that its time does not reveal unknown accounts.
    """
    against = stored or dummy_hash()
    with hashing_slots:
        try:
            hasher.verify(against, password)
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Return whether a hash was made with other parameters than the current ones."""
    return hasher.check_needs_rehash(stored)
