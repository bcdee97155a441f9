"""Rate limits: how often a member, an account or a network may do something.

Routes check them after the form is parsed, so that a refused form is returned with its text.
"""

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

from linkmsg import clock
from linkmsg.config import settings
from linkmsg.models import Member
from linkmsg.web.rate_limit_storage import SweptMemoryStorage
from linkmsg.web.template_filters import duration

ATTEMPTS_WINDOW = 15 * 60
MAX_WAIT = 15 * 60
DAY = 24 * 60 * 60
TYPING_INTERVAL = 3


class RateLimited(Exception):
    """Raised if a rate limit is reached; `seconds` is the time until the next try is allowed."""

    status = 429

    def __init__(self, sentence: str, seconds: int) -> None:
        wait = f"Wait {duration(seconds)}, then try again."
        super().__init__(f"{sentence} {wait}")
        self.seconds = seconds

    def with_retry_after(self, response: Response) -> Response:
        """Add the header `Retry-After` to a response."""
        response.headers["Retry-After"] = str(self.seconds)
        return response


@dataclass
class RateLimitCounters:
    """The counters of one server process, and the rule (a moving window) that checks limits."""

    storage: SweptMemoryStorage
    window: MovingWindowRateLimiter


def init_app(app: Flask) -> None:
    """Create the counters of `app`, which are empty at the start."""
    storage = SweptMemoryStorage()
    app.extensions["linkmsg.limits"] = RateLimitCounters(storage, MovingWindowRateLimiter(storage))


def enforce_message_limit(member: Member, nonce: str) -> None:
    """Count a message of a member; a nonce (the form's random id) counts once: a retry is free.

    Raises:
        RateLimited: The member has sent too many messages in the last minute.
    """
    limit = RateLimitItemPerMinute(settings.messages_minutely)
    counted = f"nonce/{member.id}/{nonce}"
    if _counters().storage.incr(counted, 60) > 1:
        return
    try:
        _enforce(
            limit,
            "You're sending too fast, so this message wasn't sent.",
            "messages",
            str(member.id),
        )
    except RateLimited:
        _counters().storage.clear(counted)
        raise


def enforce_upload_limit(member: Member) -> None:
    """Count an uploaded file of a member, toward the limit for three minutes.

    Raises:
        RateLimited: The member has uploaded too many files in the last three minutes.
    """
    limit = RateLimitItemPerMinute(settings.uploads, 3)
    _enforce(limit, "You've uploaded too many files.", "uploads", str(member.id))


def may_announce_typing(member: Member, conversation_id: int) -> bool:
    """Return whether to announce that a member is typing: at most once in TYPING_INTERVAL seconds.

    Each call counts, per member and conversation.
    """
    return _counters().storage.incr(f"typing/{member.id}/{conversation_id}", TYPING_INTERVAL) == 1


def enforce_sign_up_limit() -> None:
    """Count a sign-up without an invite link, for the network of the client.

    Raises:
        RateLimited: There were too many from this network in the last hour.
    """
    limit = RateLimitItemPerHour(settings.sign_ups_hourly)
    _enforce(
        limit, "There were too many sign-ups from your network.", "sign-up", _network_address()
    )


def enforce_search_limit(member: Member, *, typing: bool = False) -> None:
    """Count a search of a member; searches made while they type are counted separately.

    Raises:
        RateLimited: The member has searched too often.
    """
    kind = "typing-ahead" if typing else "search"
    burst = settings.searches_burst
    limit = RateLimitItemPerSecond(burst, max(1, burst // settings.searches_pace))
    _enforce(limit, "You're searching too fast.", kind, str(member.id))


def password_attempt_wait(email: str, device: str = "") -> int:
    """Count an attempt at an account's password before checking it; return the seconds to wait.

    0 means that the attempt is allowed. Attempts are counted for each known browser (`device`), or
    else for the client's network. Once the limit is reached, one attempt at a time is allowed, and
    each doubles the wait for the next, up to a quarter of an hour. Because attempts are counted
    first, many at once get no further than one after the other.
    """
    key, storage = _key(email, device), _counters().storage
    if storage.get(f"held/{key}"):
        return _wait_for(f"held/{key}")
    if storage.incr(f"tries/{key}", ATTEMPTS_WINDOW) < settings.sign_in_failures:
        return 0
    wait = min(MAX_WAIT, 30 * 2 ** min(storage.get(f"rounds/{key}"), 10))
    if storage.incr(f"held/{key}", wait) > 1:
        return _wait_for(f"held/{key}")
    storage.incr(f"rounds/{key}", DAY)
    return 0


def forget_password_attempts(email: str, device: str = "") -> None:
    """Reset an account's counters for this browser or network, after the right password."""
    for kind in ("tries", "rounds", "held"):
        _counters().storage.clear(f"{kind}/{_key(email, device)}")


def _wait_for(held: str) -> int:
    return max(1, round(_counters().storage.get_expiry(held) - clock.seconds()))


def _key(email: str, device: str) -> str:
    return f"{Member.normalize_email(email)}/{device or _network_address()}"


def _network_address() -> str:
    """Return the client's IPv4 address, or its IPv6 network: one household has a whole /64.

    An IPv4 address that a dual-stack socket reports as IPv6 (RFC 4291, 2.5.5.2) counts as IPv4.
    """
    text = (request.remote_addr or "").partition("%")[0]
    if ":" not in text:
        return text
    address = IPv6Address(text)
    return str(address.ipv4_mapped or IPv6Network((address, 64), strict=False))


def _counters() -> RateLimitCounters:
    counts: RateLimitCounters = current_app.extensions["linkmsg.limits"]
    return counts


def _enforce(limit: RateLimitItem, sentence: str, *key: str) -> None:
    counts = _counters()
    if not counts.window.hit(limit, *key):
        reset = counts.window.get_window_stats(limit, *key).reset_time
        raise RateLimited(sentence, max(1, round(reset - clock.seconds())))
