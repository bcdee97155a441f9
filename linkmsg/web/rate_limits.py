"""Rate limits: how often a member, an account or a network may do something.

They are checked after the form is parsed, so that a refused form is returned with its text.
"""

from dataclasses import dataclass
from math import ceil
from threading import RLock
from typing import cast

from flask import Flask, Response, current_app, g, request
from flask_login import current_user

from linkmsg.config import Settings
from linkmsg.models import Member
from linkmsg.web import auth
from linkmsg.web.client_address import network_address
from linkmsg.web.rate_limit_storage import GrowingWait, MovingWindow
from linkmsg.web.rate_limit_table import (
    ACTIONS,
    COUNTED_BEFORE,
    COUNTED_IN_ROUTE,
    INVITED_BURST,
    INVITED_SIGN_UPS,
    LIMITS,
    MESSAGES,
    MINUTE,
    QUARTER,
    SEARCHES,
    SEARCHES_WHILE_TYPING,
    SIGN_UPS,
    SOCKETS,
    UPLOADS,
    VISITOR_SOCKETS,
    Limit,
)
from linkmsg.web.template_filters import duration

TYPING_INTERVAL = 3


class RateLimited(Exception):
    """Raised if a rate limit is reached; `seconds` is the time until the next try is allowed.

    The response gets the header `Retry-After`, however the error is shown.
    """

    status = 429

    def __init__(self, sentence: str, seconds: float) -> None:
        self.seconds = g.retry_after = max(1, ceil(seconds))
        super().__init__(f"{sentence} Wait {duration(self.seconds)}, then try again.")


@dataclass
class RateLimitCounters:
    """The counters of one server process."""

    windows: dict[str, MovingWindow]
    nonces: MovingWindow
    typing: MovingWindow
    # The attempts at an account's password: of one device or network, and of all networks.
    attempts: GrowingWait
    account_attempts: GrowingWait
    lock: RLock

    @classmethod
    def of(cls, settings: Settings) -> "RateLimitCounters":
        """Return empty counters with the amounts of the settings."""
        return cls(
            {
                each.name: MovingWindow(each.amount(settings), each.seconds(settings))
                for each in LIMITS
            },
            MovingWindow(1, MINUTE),
            MovingWindow(1, TYPING_INTERVAL),
            GrowingWait(settings.sign_in_failures, QUARTER),
            GrowingWait(settings.account_failures, QUARTER),
            RLock(),
        )

    @classmethod
    def current(cls) -> "RateLimitCounters":
        """Return the counters of Flask's current app."""
        return cast(RateLimitCounters, current_app.extensions["linkmsg.limits"])


def init_app(app: Flask) -> None:
    """Create the counters of `app`, which are empty, and count its forms before their routes.

    Call it after the CSRF protection was set up: a form that another site sends does not count.
    """
    app.extensions["linkmsg.limits"] = RateLimitCounters.of(app.extensions["linkmsg"])
    app.before_request(_count_form)
    app.after_request(_add_retry_after)


def enforce(limit: Limit, key: str) -> None:
    """Count an event toward a limit.

    Raises:
        RateLimited: There were too many.
    """
    if wait := RateLimitCounters.current().windows[limit.name].hit(key):
        raise RateLimited(limit.sentence, wait)


def enforce_action_limit(member: Member) -> None:
    """Count a small action of a member, such as changing a setting.

    Raises:
        RateLimited: The member has done too much in the last minute.
    """
    enforce(ACTIONS, _member_key(member))


def enforce_message_limit(member: Member, nonce: str) -> None:
    """Count a message of a member; a nonce (the form's random id) counts once: a retry is free.

    Raises:
        RateLimited: The member has sent too many messages in the last minute.
    """
    counted, nonces = f"{member.id}/{nonce}", RateLimitCounters.current().nonces
    if nonces.hit(counted):
        return
    try:
        enforce(MESSAGES, _member_key(member))
    except RateLimited:
        nonces.undo(counted)
        raise


def enforce_upload_limit(member: Member) -> None:
    """Count an uploaded file of a member, toward the limit for three minutes.

    Raises:
        RateLimited: The member has uploaded too many files in the last three minutes.
    """
    enforce(UPLOADS, _member_key(member))


def may_announce_typing(member: Member, conversation_id: int) -> bool:
    """Return whether to announce that a member is typing: at most once in TYPING_INTERVAL seconds.

    Each announcement counts, per member and conversation.
    """
    return not RateLimitCounters.current().typing.hit(f"{member.id}/{conversation_id}")


def enforce_sign_up_limit(*, is_invited: bool) -> None:
    """Count a sign-up, for the network of the client; one by an invite link is counted apart.

    Raises:
        RateLimited: There were too many from this network.
    """
    for limit in (INVITED_BURST, INVITED_SIGN_UPS) if is_invited else (SIGN_UPS,):
        enforce(limit, network_address())


def enforce_search_limit(member: Member, *, typing: bool = False) -> None:
    """Count a search of a member; searches made while they type are counted separately.

    Raises:
        RateLimited: The member has searched too often.
    """
    enforce(SEARCHES_WHILE_TYPING if typing else SEARCHES, _member_key(member))


def enforce_socket_limit() -> None:
    """Count a WebSocket that is being opened, for the member or else the network of the client.

    Raises:
        RateLimited: There were too many in the last minute.
    """
    limit = SOCKETS if current_user.is_authenticated else VISITOR_SOCKETS
    enforce(limit, _client_key())


def _count_form() -> None:
    """Count the form of this request, unless its route does; one in no table is an action."""
    endpoint = request.endpoint
    if request.method == "POST" and endpoint and endpoint not in COUNTED_IN_ROUTE:
        enforce(COUNTED_BEFORE.get(endpoint, ACTIONS), _client_key())


def _add_retry_after(response: Response) -> Response:
    if "retry_after" in g:
        response.headers.setdefault("Retry-After", str(g.retry_after))
    return response


def _member_key(member: Member) -> str:
    return f"member/{member.id}"


def _client_key() -> str:
    if current_user.is_authenticated:
        return _member_key(auth.viewer())
    return network_address()
