"""How moments are shown at other moments: the same on the server and in the browser."""

from datetime import datetime

from linkmsg.models import Member
from linkmsg.web import time_filters

# Kind, moment, the current time, time zone, clock, words.
WORDS = [
    ("row", "2026-11-30T14:02:00Z", "2026-11-30T15:00:00Z", "UTC", "24", "14:02"),
    ("row", "2026-11-30T14:02:00Z", "2026-11-30T15:00:00Z", "UTC", "12", "2:02\u00a0PM"),
    ("row", "2026-11-30T23:59:59Z", "2026-12-01T00:00:00Z", "UTC", "24", "Mon"),
    (
        "row",
        "2026-11-30T23:59:59Z",
        "2026-12-01T00:00:00Z",
        "America/Lima",
        "12",
        "6:59\u00a0PM",
    ),
    ("row", "2026-11-30T00:10:00Z", "2026-11-30T01:00:00Z", "UTC", "12", "12:10\u00a0AM"),
    ("row", "2026-11-30T12:00:00Z", "2026-11-30T11:00:00Z", "UTC", "24", "12:00"),
    ("row", "2026-09-10T12:00:00Z", "2026-11-30T11:00:00Z", "UTC", "24", "10 Sep"),
    ("row", "2025-12-31T23:30:00Z", "2026-01-01T08:00:00Z", "UTC", "24", "Wed"),
    ("row", "2025-09-01T12:00:00Z", "2026-11-30T11:00:00Z", "Asia/Kathmandu", "24", "1 Sep 2025"),
    ("day", "2026-11-30T23:59:00Z", "2026-11-30T23:59:59Z", "UTC", "24", "Today"),
    ("day", "2026-11-30T23:59:00Z", "2026-12-01T00:00:00Z", "UTC", "24", "Yesterday"),
    ("day", "2026-11-30T23:59:00Z", "2026-12-02T00:00:00Z", "UTC", "24", "Monday 30 November"),
    ("day", "2026-11-30T23:59:00Z", "2027-01-02T00:00:00Z", "UTC", "24", "30 November 2026"),
    ("day", "2026-03-29T00:30:00Z", "2026-03-29T22:30:00Z", "Europe/Stockholm", "24", "Yesterday"),
    ("day", "2026-12-01T09:00:00Z", "2026-11-30T09:00:00Z", "UTC", "24", "Tuesday 1 December"),
    ("ago", "2026-11-30T12:00:00Z", "2026-11-30T12:00:59Z", "UTC", "24", "just now"),
    ("ago", "2026-11-30T12:00:00Z", "2026-11-30T12:01:00Z", "UTC", "24", "1 minute ago"),
    ("ago", "2026-11-30T12:00:00Z", "2026-11-30T13:59:59Z", "UTC", "24", "1 hour ago"),
    ("ago", "2026-11-30T12:00:00Z", "2026-12-03T12:00:00Z", "UTC", "24", "3 days ago"),
    ("ago", "2026-11-30T12:00:00Z", "2026-12-07T12:00:00Z", "UTC", "24", "30 Nov"),
    ("ago", "2026-11-30T12:00:00Z", "2026-11-30T11:00:00Z", "UTC", "24", "just now"),
]


def words(kind: str, when: str, now: str, zone: str, hours: str) -> str:
    """Return the words that the server shows."""
    moments = map(datetime.fromisoformat, (when, now))
    first, second = moments
    return time_filters.WORDS[kind](first, Member(zone=zone, hours=hours), second)
