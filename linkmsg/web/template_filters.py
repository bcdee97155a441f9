"""Jinja filters for texts and sizes; all are pure functions."""

from collections.abc import Iterable

from flask import Flask

from linkmsg.models import Member, Message
from linkmsg.models.message import CONNECTED
from linkmsg.search import Hit
from linkmsg.storage.file_labels import file_label
from linkmsg.web import time_filters
from linkmsg.web.message_body import linkify, text_content

NOTICES = {CONNECTED: "You are now connected."}


def init_app(app: Flask) -> None:
    """Register the filters with `app`."""
    for filter_ in (
        capped,
        group_by_conversation,
        duration,
        days_or_weeks,
        file_label,
        linkify,
        text_content,
        one_line,
        file_size,
    ):
        app.jinja_env.filters[filter_.__name__] = filter_
    time_filters.init_app(app)
    app.jinja_env.globals["notice_text"] = notice_text


def duration(seconds: int) -> str:
    """Return a duration, rounded up: 40 seconds, 12 minutes, 3 hours, 2 days."""
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds > 1.5 * size:
            count = -(-seconds // size)
            return f"{count} {word}{'' if count == 1 else 's'}"
    return f"{seconds} second{'' if seconds == 1 else 's'}"


def days_or_weeks(days: int) -> str:
    """Return a number of days, in weeks if they are whole: 1 day, 10 days, 1 week, 3 weeks."""
    count, word = (days // 7, "week") if days % 7 == 0 else (days, "day")
    return f"{count} {word}{'' if count == 1 else 's'}"


def one_line(body: str) -> str:
    """Return the beginning of a text on one line, at most 200 characters."""
    return " ".join(body[:400].split())[:200]


def file_size(size: int) -> str:
    """Return the size of a file: 812 bytes, 48 kB, 1.2 MB, 24 MB."""
    if size < 1000:
        return f"{size} byte{'' if size == 1 else 's'}"
    if size < 999_500:
        return f"{size / 1000:.0f} kB"
    return f"{size / 1_000_000:.{1 if size < 9_950_000 else 0}f} MB"


def capped(number: int, limit: int = 99) -> str:
    """Return a number as text, or the limit and a plus if it is larger: 99, 99+."""
    return str(number) if number <= limit else f"{limit}+"


def group_by_conversation(hits: Iterable[Hit]) -> list[list[Hit]]:
    """Group search hits by conversation; groups are in the order of their first hits."""
    groups: dict[int, list[Hit]] = {}
    for hit in hits:
        groups.setdefault(hit.conversation_id, []).append(hit)
    return list(groups.values())


def notice_text(message: Message, viewer: Member) -> str:
    """Return the text of a notice, an entry that linkmsg itself adds to a conversation."""
    return NOTICES[message.body]
