"""Limits: how often somebody may do something.

They are charged after the form is read, so that a refusal can give back what was typed.
"""

import time
from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network

from flask import Flask, Response, current_app, request
from limits import (
    RateLimitItem,
    RateLimitItemPerHour,
    RateLimitItemPerMinute,
    RateLimitItemPerSecond,
)
from limits.strategies import MovingWindowRateLimiter

from linkmsg.config import settings
from linkmsg.models import Member
from linkmsg.web.rate_limit_storage import SweptMemoryStorage
from linkmsg.web.template_filters import duration

QUARTER = 15 * 60
LONGEST_WAIT = 15 * 60
DAY = 24 * 60 * 60
TYPING_EVERY = 3


class Limited(Exception):
    """A limit is reached: a sentence, and in how many seconds there is room again."""

    status = 429

    def __init__(self, sentence: str, seconds: int) -> None:
        wait = f"Wait {duration(seconds)}, then try again."
        super().__init__(f"{sentence} {wait}")
        self.seconds = seconds

    def tell(self, response: Response) -> Response:
        """Let an answer say to browsers and scripts when to come back."""
        response.headers["Retry-After"] = str(self.seconds)
        return response


@dataclass
class Limits:
    """The counts of one process."""

    storage: SweptMemoryStorage
    window: MovingWindowRateLimiter


def init_app(app: Flask) -> None:
    """Begin to count, from nothing."""
    storage = SweptMemoryStorage()
    app.extensions["linkmsg.limits"] = Limits(storage, MovingWindowRateLimiter(storage))


def charge_message(member: Member, nonce: str) -> None:
    """Count a message of a member; one nonce counts once, however often it comes."""
    limit = RateLimitItemPerMinute(settings.messages_minutely)
    counted = f"nonce/{member.id}/{nonce}"
    if _counts().storage.incr(counted, 60) > 1:
        return
    try:
        _charge(
            limit,
            "That was a lot of messages at once, so this was not sent.",
            "messages",
            str(member.id),
        )
    except Limited:
        _counts().storage.clear(counted)
        raise


def charge_upload(member: Member) -> None:
    """Count a file of a member."""
    limit = RateLimitItemPerMinute(settings.uploads, 3)
    _charge(limit, "That was a lot of files at once.", "uploads", str(member.id))


def may_signal(member: Member, conversation_id: int) -> bool:
    """Whether it is time to tell again that a member is typing in a conversation."""
    return _counts().storage.incr(f"typing/{member.id}/{conversation_id}", TYPING_EVERY) == 1


def charge_sign_up() -> None:
    """Count a sign-up without an invite link, by the address it comes from."""
    limit = RateLimitItemPerHour(settings.sign_ups_hourly)
    _charge(limit, "There were many sign-ups from your network.", "sign-up", _address())


def charge_search(member: Member, *, typing: bool = False) -> None:
    """Count a search; those that are made while one is typing are counted apart."""
    kind = "typing-ahead" if typing else "search"
    burst = settings.searches_burst
    limit = RateLimitItemPerSecond(burst, max(1, burst // settings.searches_pace))
    _charge(limit, "That was a lot of searches at once.", kind, str(member.id))


def try_password(email: str, device: str = "") -> int:
    """Count a try at an account's password before it is looked at; seconds to wait, or 0.

    From the limit on, one try is let through at a time, and each doubles the wait for the
    next, up to a quarter of an hour. So a crowd of guesses at once gets no further than one.
    """
    key, storage = _key(email, device), _counts().storage
    if storage.get(f"held/{key}"):
        return _wait_for(f"held/{key}")
    if storage.incr(f"tries/{key}", QUARTER) < settings.sign_in_failures:
        return 0
    wait = min(LONGEST_WAIT, 30 * 2 ** min(storage.get(f"rounds/{key}"), 10))
    if storage.incr(f"held/{key}", wait) > 1:
        return _wait_for(f"held/{key}")
    storage.incr(f"rounds/{key}", DAY)
    return 0


def forget_tries(email: str, device: str = "") -> None:
    """Forget the tries from here: the password was right."""
    for kind in ("tries", "rounds", "held"):
        _counts().storage.clear(f"{kind}/{_key(email, device)}")


def _wait_for(held: str) -> int:
    return max(1, round(_counts().storage.get_expiry(held) - time.time()))


def _key(email: str, device: str) -> str:
    return f"{Member.normalize_email(email)}/{device or _address()}"


def _address() -> str:
    """Where a request comes from: of IPv6 the network, for a household has all of a /64.

    An IPv4 address that a dual-stack socket writes as IPv6 (RFC 4291, 2.5.5.2) is itself.
    """
    written = (request.remote_addr or "").partition("%")[0]
    if ":" not in written:
        return written
    address = IPv6Address(written)
    return str(address.ipv4_mapped or IPv6Network((address, 64), strict=False))


def _counts() -> Limits:
    counts: Limits = current_app.extensions["linkmsg.limits"]
    return counts


def _charge(limit: RateLimitItem, sentence: str, *key: str) -> None:
    counts = _counts()
    if not counts.window.hit(limit, *key):
        reset = counts.window.get_window_stats(limit, *key).reset_time
        raise Limited(sentence, max(1, round(reset - time.time())))
