"""Jinja filters for times, in the time zone and by the clock of the member who sees them.

Words that depend on the current time, such as "Today", are in an element that says which of the
filters drew it: js/shell/relative_times.js draws it again by the same rules while the page is open.
"""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Flask
from markupsafe import Markup

from linkmsg.models import Member

TIME = Markup('<time datetime="{}" data-shows="{}"{}>{}</time>')
TITLE = Markup(' title="{}"')


def init_app(app: Flask) -> None:
    """Register the filters with `app`."""
    for filter_ in (clock_time, full_time, iso_time, row_time, day_label, ago):
        app.jinja_env.filters[filter_.__name__] = filter_


def clock_time(when: datetime, viewer: Member) -> str:
    """Return the time of day: 14:02, or 2:02 PM."""
    return _clock(_local(when, viewer), viewer)


def full_time(when: datetime, viewer: Member) -> str:
    """Return the date and time: 16 November 2026, 14:02."""
    local = _local(when, viewer)
    return f"{local.day} {local:%B} {local.year}, {_clock(local, viewer)}"


def iso_time(when: datetime) -> str:
    """Return a time for a `datetime` attribute (HTML, "valid global date and time string")."""
    return when.isoformat(timespec="seconds")


def row_time(when: datetime, viewer: Member, now: datetime, *, titled: bool = False) -> Markup:
    """Return a time for a list, as an element; with `titled` it has the full time as its title."""
    title = TITLE.format(full_time(when, viewer)) if titled else ""
    return TIME.format(iso_time(when), "row", title, row_words(when, viewer, now))


def day_label(when: datetime, viewer: Member, now: datetime) -> Markup:
    """Return the day of a message, as an element."""
    return TIME.format(iso_time(when), "day", "", day_words(when, viewer, now))


def ago(when: datetime, viewer: Member, now: datetime) -> Markup:
    """Return how long ago something happened, as an element."""
    return TIME.format(iso_time(when), "ago", "", ago_words(when, viewer, now))


def row_words(when: datetime, viewer: Member, now: datetime) -> str:
    """Return a short time: 14:02 today, then Mon, then 12 Nov, then 12 Nov 2025."""
    local, today = _local(when, viewer), _local(now, viewer)
    days = (today.date() - local.date()).days
    if days <= 0:
        return _clock(local, viewer)
    if days < 7:
        return f"{local:%a}"
    return f"{local.day} {local:%b}" + ("" if local.year == today.year else f" {local.year}")


def day_words(when: datetime, viewer: Member, now: datetime) -> str:
    """Return a day: Today, Yesterday, Monday 16 November, 16 November 2025."""
    local, today = _local(when, viewer), _local(now, viewer)
    days = (today.date() - local.date()).days
    if days in {0, 1}:
        return "Yesterday" if days else "Today"
    if local.year == today.year:
        return f"{local:%A} {local.day} {local:%B}"
    return f"{local.day} {local:%B} {local.year}"


def ago_words(when: datetime, viewer: Member, now: datetime) -> str:
    """Return a relative time: just now, 5 minutes ago, 3 days ago, then 12 Nov, 12 Nov 2025."""
    seconds = max(0, int((now - when).total_seconds()))
    if seconds < 60:
        return "just now"
    for size, word, until in ((60, "minute", 3600), (3600, "hour", 86400), (86400, "day", 604800)):
        if seconds < until:
            count = seconds // size
            return f"{count} {word}{'' if count == 1 else 's'} ago"
    return row_words(when, viewer, now)


WORDS: dict[str, Callable[[datetime, Member, datetime], str]] = {
    "row": row_words,
    "day": day_words,
    "ago": ago_words,
}


def _local(when: datetime, viewer: Member) -> datetime:
    return when.astimezone(ZoneInfo(viewer.zone))


def _clock(local: datetime, viewer: Member) -> str:
    """Return the time of day; the space before AM and PM does not break."""
    if not viewer.has_12_hours:
        return f"{local:%H:%M}"
    return f"{local.hour % 12 or 12}:{local:%M}\u00a0{'AM' if local.hour < 12 else 'PM'}"
