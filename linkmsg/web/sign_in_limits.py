"""Limits on guessing passwords: by account and network, by account, and by network.

A browser that has signed in to the account before (see `known_devices`) has a count of its own,
and feels none of the others.
"""

import hashlib
from collections.abc import Iterator
from math import ceil

from linkmsg.models import Member
from linkmsg.web.client_address import network_address
from linkmsg.web.rate_limit_storage import GrowingWait, MovingWindow
from linkmsg.web.rate_limit_table import SIGN_INS, SIGN_INS_BURST
from linkmsg.web.rate_limits import RateLimitCounters


def password_attempt_wait(email: str, device: str = "") -> int:
    """Count an attempt at an account's password before checking it; return the seconds to wait.

    0 means that the attempt is allowed. Once there were too many, one attempt at a time is allowed,
    and each doubles the wait for the next, up to a quarter of an hour. Because attempts are counted
    first, many at once get no further than one after the other.
    """
    with RateLimitCounters.current().lock:
        counters = list(_counters(email, device))
        if wait := max(counter.wait(key) for counter, key in counters):
            return ceil(wait)
        for counter, key in counters:
            counter.count(key)
        return 0


def forget_password_attempts(email: str, device: str = "") -> None:
    """Reset an account's count for this browser or network, after the right password.

    The other counts lose this one attempt: only failures count.
    """
    current = RateLimitCounters.current()
    with current.lock:
        for counter, key in _counters(email, device):
            counter.undo(key)
        current.attempts.forget(_own_key(email, device))


def _counters(email: str, device: str) -> Iterator[tuple[MovingWindow | GrowingWait, str]]:
    """Yield the counters of an attempt, each with its key."""
    current = RateLimitCounters.current()
    yield current.attempts, _own_key(email, device)
    if not device:
        yield current.account_attempts, _account_key(email)
        yield current.windows[SIGN_INS.name], network_address()
        yield current.windows[SIGN_INS_BURST.name], network_address()


def _own_key(email: str, device: str) -> str:
    return f"{_account_key(email)}/{device or network_address()}"


def _account_key(email: str) -> str:
    """Return a hash of the address, because somebody who guesses may type one of any length."""
    return hashlib.sha256(Member.normalize_email(email).encode()).hexdigest()
