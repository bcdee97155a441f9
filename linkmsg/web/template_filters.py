"""How moments and texts look: Jinja filters, all pure."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Flask
from linkify_it import LinkifyIt
from linkify_it.main import Match
from markupsafe import Markup

from linkmsg.models import Member, Message
from linkmsg.models.message import CONNECTED
from linkmsg.search import Hit, highlight_spans
from linkmsg.storage.labels import label

finder = LinkifyIt(options={"fuzzy_link": True, "fuzzy_email": True})
# Without one of these no text holds an address, and to look for one takes time.
LINKISH = re.compile(r"[:@/]|\.\S")
SCHEMES = {"http:", "https:", "mailto:"}
NOTICES = {CONNECTED: "You are now connected."}


def init_app(app: Flask) -> None:
    """Teach the templates these filters."""
    for filter_ in (
        clock_time,
        row_time,
        day_label,
        full_time,
        iso,
        ago,
        at_most,
        by_conversation,
        duration,
        label,
        linked,
        one_line,
        weight,
    ):
        app.jinja_env.filters[filter_.__name__] = filter_
    app.jinja_env.globals["notice_text"] = notice_text


def clock_time(when: datetime, zone: str) -> str:
    """14:02."""
    return f"{_there(when, zone):%H:%M}"


def row_time(when: datetime, zone: str, now: datetime) -> str:
    """14:02 today, then Mon, then 12 Nov, then 12 Nov 2025."""
    local, today = _there(when, zone), _there(now, zone)
    days = (today.date() - local.date()).days
    if days <= 0:
        return f"{local:%H:%M}"
    if days < 7:
        return f"{local:%a}"
    return f"{local.day} {local:%b}" + ("" if local.year == today.year else f" {local.year}")


def day_label(when: datetime, zone: str, now: datetime) -> str:
    """Today, Yesterday, Monday 16 November, 16 November 2025."""
    local, today = _there(when, zone), _there(now, zone)
    days = (today.date() - local.date()).days
    if days in {0, 1}:
        return "Yesterday" if days else "Today"
    if local.year == today.year:
        return f"{local:%A} {local.day} {local:%B}"
    return f"{local.day} {local:%B} {local.year}"


def full_time(when: datetime, zone: str) -> str:
    """16 November 2026, 14:02."""
    local = _there(when, zone)
    return f"{local.day} {local:%B} {local.year}, {local:%H:%M}"


def iso(when: datetime) -> str:
    """The moment for a datetime attribute (HTML, "valid global date and time string")."""
    return when.isoformat(timespec="seconds")


def ago(when: datetime, now: datetime) -> str:
    """Just now, 5 minutes ago, 2 hours ago, 3 days ago, then 12 Nov, 12 Nov 2025."""
    seconds = max(0, round((now - when).total_seconds()))
    if seconds < 60:
        return "just now"
    for size, word, until in ((60, "minute", 3600), (3600, "hour", 86400), (86400, "day", 604800)):
        if seconds < until:
            count = seconds // size
            return f"{count} {word}{'' if count == 1 else 's'} ago"
    return row_time(when, "UTC", now)


def duration(seconds: int) -> str:
    """40 seconds, 12 minutes, 3 hours, 2 days: rounded up."""
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds > 1.5 * size:
            count = -(-seconds // size)
            return f"{count} {word}{'' if count == 1 else 's'}"
    return f"{seconds} second{'' if seconds == 1 else 's'}"


def linked(body: str, spans: Sequence[tuple[int, int]] = ()) -> Markup:
    """A text as HTML: escaped, its spans marked, http, https and mailto addresses as links."""
    pieces, end = [], 0
    for match in (LINKISH.search(body) and finder.match(body)) or []:
        address = _address(match)
        if not address:
            continue
        pieces.append(highlight_spans(body, spans, end, match.index))
        link = Markup('<a href="{}" rel="noopener noreferrer nofollow" target="_blank">{}</a>')
        pieces.append(
            link.format(address, highlight_spans(body, spans, match.index, match.last_index))
        )
        end = match.last_index
    return Markup("").join([*pieces, highlight_spans(body, spans, end, len(body))])


def one_line(body: str) -> str:
    """The beginning of a text on one line, for a row."""
    return " ".join(body[:400].split())[:200]


def weight(size: int) -> str:
    """How much room a file takes: 812 bytes, 48 kB, 1.2 MB, 24 MB."""
    if size < 1000:
        return f"{size} byte{'' if size == 1 else 's'}"
    if size < 999_500:
        return f"{size / 1000:.0f} kB"
    return f"{size / 1_000_000:.{1 if size < 9_950_000 else 0}f} MB"


def at_most(number: int, most: int = 99) -> str:
    """A number as far as anybody counts: 99, 99+."""
    return str(number) if number <= most else f"{most}+"


def by_conversation(hits: Iterable[Hit]) -> list[list[Hit]]:
    """Hits together with those of the same conversation, in the order of the first of each."""
    groups: dict[int, list[Hit]] = {}
    for hit in hits:
        groups.setdefault(hit.conversation_id, []).append(hit)
    return list(groups.values())


def notice_text(message: Message, viewer: Member) -> str:
    """What a notice says to the one who reads it."""
    return NOTICES[message.body]


def _address(match: Match) -> str:
    """Where a match leads; nowhere if it is only a name such as readme.md, or another scheme."""
    if match.schema in SCHEMES:
        return str(match.url)
    bare = not match.schema and match.raw.lower().startswith("www.")
    return f"https://{match.raw}" if bare else ""


def _there(when: datetime, zone: str) -> datetime:
    return when.astimezone(ZoneInfo(zone))
