"""Limits: how often somebody may do something.

They are charged after the form is read, so that a refusal can give back what was typed.
"""

import time
from dataclasses import dataclass

from flask import Flask, Response, current_app, request
from limits import (
    RateLimitItem,
    RateLimitItemPerHour,
    RateLimitItemPerMinute,
    RateLimitItemPerSecond,
)
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from linkmsg.blueprints.filters import duration
from linkmsg.config import settings
from linkmsg.models import Member

QUARTER = 15 * 60
LONGEST_WAIT = 15 * 60
DAY = 24 * 60 * 60


class Limited(Exception):
    """A limit is reached: a sentence, and in how many seconds there is room again."""

    def __init__(self, sentence: str, seconds: int) -> None:
        wait = f"Wait {duration(seconds)}, then try again. Nothing was sent."
        super().__init__(f"{sentence} {wait}")
        self.seconds = seconds

    def tell(self, response: Response) -> Response:
        """Let an answer say to browsers and scripts when to come back."""
        response.headers["Retry-After"] = str(self.seconds)
        return response


@dataclass
class Limits:
    """The counts of one process."""

    storage: MemoryStorage
    window: MovingWindowRateLimiter


def init_app(app: Flask) -> None:
    """Begin to count, from nothing."""
    storage = MemoryStorage()
    app.extensions["linkmsg.limits"] = Limits(storage, MovingWindowRateLimiter(storage))


def charge_message(member: Member, nonce: str) -> None:
    """Count a message of a member; one nonce counts once, however often it comes."""
    limit = RateLimitItemPerMinute(settings.messages_minutely)
    counted = f"nonce/{member.id}/{nonce}"
    if _counts().storage.incr(counted, 60) > 1:
        return
    try:
        _charge(limit, "That was a lot of messages at once.", "messages", str(member.id))
    except Limited:
        _counts().storage.clear(counted)
        raise


def charge_sign_up() -> None:
    """Count a sign-up without an invite link, by the address it comes from."""
    limit = RateLimitItemPerHour(settings.sign_ups_hourly)
    _charge(limit, "There were many sign-ups from your network.", "sign-up", _address())


def charge_search(member: Member) -> None:
    """Count a search for people."""
    burst = settings.searches_burst
    limit = RateLimitItemPerSecond(burst, max(1, burst // settings.searches_pace))
    _charge(limit, "That was a lot of searches at once.", "search", str(member.id))


def sign_in_wait(email: str, device: str) -> int:
    """For how many seconds this account can't be tried from here; 0 if it can."""
    held = f"held/{_key(email, device)}"
    if not _counts().storage.get(held):
        return 0
    return max(1, round(_counts().storage.get_expiry(held) - time.time()))


def note_failure(email: str, device: str) -> None:
    """Count a failed sign-in. Past the limit each failure doubles the wait, up to a quarter."""
    key, storage = _key(email, device), _counts().storage
    if storage.incr(f"failures/{key}", QUARTER) >= settings.sign_in_failures:
        rounds = storage.incr(f"rounds/{key}", DAY)
        storage.incr(f"held/{key}", min(LONGEST_WAIT, 30 * 2 ** min(rounds - 1, 10)))


def forget_failures(email: str, device: str) -> None:
    """Forget the failures from here, once somebody has signed in."""
    for kind in ("failures", "rounds", "held"):
        _counts().storage.clear(f"{kind}/{_key(email, device)}")


def _key(email: str, device: str) -> str:
    return f"{Member.normal_email(email)}/{device or _address()}"


def _address() -> str:
    return request.remote_addr or ""


def _counts() -> Limits:
    counts: Limits = current_app.extensions["linkmsg.limits"]
    return counts


def _charge(limit: RateLimitItem, sentence: str, *key: str) -> None:
    counts = _counts()
    if not counts.window.hit(limit, *key):
        reset = counts.window.get_window_stats(limit, *key).reset_time
        raise Limited(sentence, max(1, round(reset - time.time())))
