"""Jinja filters for times, texts and sizes; all are pure functions."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Flask
from markupsafe import Markup

from linkmsg.models import Member, Message
from linkmsg.models.message import CONNECTED
from linkmsg.search import Hit, highlight_spans
from linkmsg.storage.file_labels import file_label
from linkmsg.web.links import find_links

LINK = Markup('<a href="{}" rel="noopener noreferrer nofollow" target="_blank">{}</a>')
NOTICES = {CONNECTED: "You are now connected."}


def init_app(app: Flask) -> None:
    """Register the filters with `app`."""
    for filter_ in (
        clock_time,
        row_time,
        day_label,
        full_date,
        full_time,
        iso_time,
        ago,
        capped,
        group_by_conversation,
        duration,
        file_label,
        linkify,
        one_line,
        file_size,
    ):
        app.jinja_env.filters[filter_.__name__] = filter_
    app.jinja_env.globals["notice_text"] = notice_text


def clock_time(when: datetime, zone: str) -> str:
    """Return the time of day in a time zone: 14:02."""
    return f"{_local(when, zone):%H:%M}"


def row_time(when: datetime, zone: str, now: datetime) -> str:
    """Return a short time for a list: 14:02 today, then Mon, then 12 Nov, then 12 Nov 2025."""
    local, today = _local(when, zone), _local(now, zone)
    days = (today.date() - local.date()).days
    if days <= 0:
        return f"{local:%H:%M}"
    if days < 7:
        return f"{local:%a}"
    return f"{local.day} {local:%b}" + ("" if local.year == today.year else f" {local.year}")


def day_label(when: datetime, zone: str, now: datetime) -> str:
    """Return the day, in a time zone: Today, Yesterday, Monday 16 November, 16 November 2025."""
    local, today = _local(when, zone), _local(now, zone)
    days = (today.date() - local.date()).days
    if days in {0, 1}:
        return "Yesterday" if days else "Today"
    if local.year == today.year:
        return f"{local:%A} {local.day} {local:%B}"
    return f"{local.day} {local:%B} {local.year}"


def full_date(when: datetime, zone: str) -> str:
    """Return the date in a time zone, as it is printed: Monday 16 November 2026."""
    local = _local(when, zone)
    return f"{local:%A} {local.day} {local:%B %Y}"


def full_time(when: datetime, zone: str) -> str:
    """Return the date and time in a time zone: 16 November 2026, 14:02."""
    local = _local(when, zone)
    return f"{local.day} {local:%B} {local.year}, {local:%H:%M}"


def iso_time(when: datetime) -> str:
    """Return a time for a `datetime` attribute (HTML, "valid global date and time string")."""
    return when.isoformat(timespec="seconds")


def ago(when: datetime, now: datetime) -> str:
    """Return a relative time: just now, 5 minutes ago, 3 days ago, then 12 Nov, 12 Nov 2025."""
    seconds = max(0, round((now - when).total_seconds()))
    if seconds < 60:
        return "just now"
    for size, word, until in ((60, "minute", 3600), (3600, "hour", 86400), (86400, "day", 604800)):
        if seconds < until:
            count = seconds // size
            return f"{count} {word}{'' if count == 1 else 's'} ago"
    return row_time(when, "UTC", now)


def duration(seconds: int) -> str:
    """Return a duration, rounded up: 40 seconds, 12 minutes, 3 hours, 2 days."""
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds > 1.5 * size:
            count = -(-seconds // size)
            return f"{count} {word}{'' if count == 1 else 's'}"
    return f"{seconds} second{'' if seconds == 1 else 's'}"


def linkify(body: str, spans: Sequence[tuple[int, int]] = ()) -> Markup:
    """Return a text as escaped HTML, in which web and mail addresses are links.

    `spans` are the start and end of each part to highlight, such as the words of a search.
    """
    pieces, end = [], 0
    for link in find_links(body):
        pieces.append(highlight_spans(body, spans, end, link.start))
        shown = highlight_spans(body, spans, link.start, link.end)
        pieces.append(LINK.format(link.url, shown))
        end = link.end
    return Markup("").join([*pieces, highlight_spans(body, spans, end, len(body))])


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


def _local(when: datetime, zone: str) -> datetime:
    return when.astimezone(ZoneInfo(zone))
