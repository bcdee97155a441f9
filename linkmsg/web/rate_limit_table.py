"""The table of rate limits: which limit each form has, and how much each limit allows.

A test fails for a POST route that is not in POST_LIMITS.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from linkmsg.config import Settings


@dataclass(frozen=True)
class Limit:
    """At most `amount` events in `seconds`, for each member or, signed out, for each address.

    `sentence` is what the member reads when the limit is reached, before how long to wait.
    """

    name: str
    amount: Callable[[Settings], int]
    seconds: Callable[[Settings], float]
    sentence: str


def limit(name: str, setting: str, seconds: float, sentence: str) -> Limit:
    """Return a limit whose amount is a setting."""
    return Limit(name, lambda settings: getattr(settings, setting), lambda _: seconds, sentence)


MINUTE, QUARTER, HOUR = 60, 15 * 60, 60 * 60

ACTIONS = limit("actions", "actions_minutely", MINUTE, "You’re doing this too fast.")
# What scripts send by themselves. It has its own count, so that it uses up nobody's actions.
SIGNALS = limit("signals", "signals_minutely", MINUTE, "This page is sending too fast.")
MESSAGES = limit(
    "messages",
    "messages_minutely",
    MINUTE,
    "You’re sending too fast, so this message wasn’t sent.",
)
UPLOADS = limit("uploads", "uploads", 3 * MINUTE, "You’ve uploaded too many files.")
# Those of somebody who is signed out are closed at once, and their pages try no more.
VISITOR_SOCKETS = limit(
    "visitor-sockets", "member_sockets", MINUTE, "This page connects too often."
)
SOCKETS = limit("sockets", "socket_openings_minutely", MINUTE, "This page connects too often.")

TOO_MANY_SIGN_UPS = "There were too many sign-ups from your network."
SIGN_UPS = limit("sign-ups", "sign_ups_hourly", HOUR, TOO_MANY_SIGN_UPS)
# A company whose staff all sign up in one morning, behind one address, stays below both.
INVITED_SIGN_UPS = limit("invited", "invited_sign_ups_hourly", HOUR, TOO_MANY_SIGN_UPS)
INVITED_BURST = limit("invited-burst", "invited_sign_ups_burst", 10, TOO_MANY_SIGN_UPS)

# Failed sign-ins of an address, over all accounts.
SIGN_INS = limit("sign-ins", "address_failures", QUARTER, "Too many failed sign-ins.")
SIGN_INS_BURST = limit("sign-ins-burst", "address_failures_burst", MINUTE, SIGN_INS.sentence)


def _search(name: str) -> Limit:
    return Limit(
        name,
        lambda settings: settings.searches_burst,
        lambda settings: max(1, settings.searches_burst // settings.searches_pace),
        "You’re searching too fast.",
    )


SEARCHES, SEARCHES_WHILE_TYPING = _search("searches"), _search("searches-while-typing")

LIMITS = (
    ACTIONS,
    SIGNALS,
    MESSAGES,
    UPLOADS,
    SOCKETS,
    VISITOR_SOCKETS,
    SIGN_UPS,
    INVITED_SIGN_UPS,
    INVITED_BURST,
    SIGN_INS,
    SIGN_INS_BURST,
    SEARCHES,
    SEARCHES_WHILE_TYPING,
)

# These are counted before the route runs: their forms are parsed by then.
ACTION_ENDPOINTS = (
    "accounts.sign_out",
    "admin.invite_links",
    "admin.revoke",
    "files.describe",
    "files.discard",
    "members.disable",
    "members.enable",
    "members.make_admin",
    "members.remove_admin",
    "members.reset_password",
    "messaging.unread",
    "network.accept",
    "network.ignore",
    "network.ignore_for_good",
    "network.remove",
    "network.undo_ignore",
    "network.withdraw",
    "password_reset.choose",
    "place.edit",
    "people.connect",  # and the limits of invitations, in models/invitation
    "search.forget",
    "settings.appearance",
    "settings.change_email",  # and the limit of password attempts
    "settings.change_password",  # and the limit of password attempts
    "settings.end_others",
    "settings.end_session",
    "settings.privacy",
    "settings.profile",
    "setup.set_up",
)
SIGNAL_ENDPOINTS = ("live.looking", "messaging.read", "messaging.typing", "search.remember")
COUNTED_BEFORE: Mapping[str, Limit] = {
    **dict.fromkeys(ACTION_ENDPOINTS, ACTIONS),
    **dict.fromkeys(SIGNAL_ENDPOINTS, SIGNALS),
}
# These are counted by the route or by what it calls, once their form is parsed and valid.
COUNTED_IN_ROUTE: Mapping[str, tuple[Limit, ...]] = {
    "accounts.sign_in": (SIGN_INS, SIGN_INS_BURST, ACTIONS),  # and per account, in sign_in_limits
    "accounts.sign_up": (SIGN_UPS, INVITED_SIGN_UPS, INVITED_BURST),
    "files.upload": (UPLOADS,),
    "messaging.send": (MESSAGES,),
    "messaging.start": (MESSAGES,),
    "network.send_reply": (MESSAGES,),
    "photos.choose": (UPLOADS, ACTIONS),
}
POST_LIMITS: Mapping[str, tuple[Limit, ...]] = {
    **{endpoint: (each,) for endpoint, each in COUNTED_BEFORE.items()},
    **COUNTED_IN_ROUTE,
}
