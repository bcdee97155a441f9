"""Reads the talks: who did or said what, how long ago.

A talk opens with `ana + bo`; times are on the clock of the one named first. `== 14d` opens
the 14th working day before today, `== ago` what happened so many hours and minutes ago. Then
a line for each act, `09:12 ana: text`, `09:12 ana invites: note`, `11:40 bo accepts`, with
`| ` before every further line of a text. `unread ana 2` leaves the last two unread.
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

SATURDAY = 5
OPENING = re.compile(r"(\w+) \+ (\w+)")
DAY = re.compile(r"== (?:(\d+)d|ago)")
EVENT = re.compile(r"(\d{1,2}):(\d\d) (\w+)(?: (\w+))?(?:: (.+))?")
CONTINUATION = re.compile(r"\|(?: (.*))?")
UNREAD = re.compile(r"unread (\w+) (\d+)")


class TalkError(ValueError):
    """A talk that can't be read or that breaks a rule; the text says where."""


@dataclass
class TalkEvent:
    """What `who` did (`verb`) or said, `days` working days ago, or a while ago if None."""

    days: int | None
    clock: timedelta
    who: str
    verb: str
    text: str

    def at(self, now: datetime, zone: str) -> datetime:
        """The moment of it, seen from `now`, on the clock of a zone."""
        if self.days is None:
            return now - self.clock
        here = ZoneInfo(zone)
        day = _working_days_before(now.astimezone(here).date(), self.days)
        return datetime.combine(day, time(), here) + self.clock


@dataclass
class Talk:
    """Everything between two members, or the notes of one (both the same)."""

    one: str
    other: str
    acts: list[TalkEvent] = field(default_factory=list)
    unread: dict[str, int] = field(default_factory=dict)


def read_talks() -> list[Talk]:
    """All talks of the demo; those in several files are put together in order of name."""
    talks: dict[tuple[str, str], Talk] = {}
    folder = files("linkmsg.demo") / "talks"
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        for block in re.split(r"\n(?=\w+ \+ \w+\n)", file.read_text(encoding="utf-8")):
            one, other = _parse_members(block)
            _parse_talk(block, talks.setdefault((one, other), Talk(one, other)))
    return list(talks.values())


def _parse_members(block: str) -> tuple[str, str]:
    opening = OPENING.match(block)
    if opening is None:
        raise TalkError(f"No talk opens with {block[:40]!r}.")
    return opening[1], opening[2]


def _parse_talk(block: str, talk: Talk) -> None:
    days: int | None = None
    for line in filter(None, block.splitlines()[1:]):
        if day := DAY.fullmatch(line):
            days = int(day[1]) if day[1] else None
        elif more := CONTINUATION.fullmatch(line):
            talk.acts[-1].text += "\n" + (more[1] or "")
        elif unread := UNREAD.fullmatch(line):
            talk.unread[unread[1]] = int(unread[2])
        elif act := EVENT.fullmatch(line):
            clock = timedelta(hours=int(act[1]), minutes=int(act[2]))
            talk.acts.append(TalkEvent(days, clock, act[3], act[4] or "says", act[5] or ""))
        else:
            raise TalkError(f"{talk.one} + {talk.other}: nothing reads {line[:40]!r}.")


def _working_days_before(day: date, count: int) -> date:
    while count:
        day -= timedelta(days=1)
        count -= day.weekday() < SATURDAY
    return day
