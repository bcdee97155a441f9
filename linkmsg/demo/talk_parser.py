"""Parser of the talks: text files with the conversations of the demo.

A talk has all events between two members. It starts with their keys, such as `ana + bo`; times
are in the time zone of the first. `== 14d` starts the 14th
working day before today; below `== ago` times are hours and minutes before now. Each event has
a line: `09:12 ana: text`, `09:12 ana invites: note`, `11:40 bo accepts`. Further lines of a text
begin with `| `. `unread ana 2` leaves the last two messages unread.
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
    """Raised if a talk has invalid syntax or an action that is not allowed; it says where."""


@dataclass
class TalkEvent:
    """A message or another action of a member, such as `accepts`.

    It happens at the time of day `clock`, `days` working days before today. If `days` is None,
    it happens as long ago as `clock` says.
    """

    days: int | None
    clock: timedelta
    member: str
    action: str
    text: str

    def moment(self, now: datetime, zone: str) -> datetime:
        """Return when the event happens if the demo is loaded at `now`; `zone` is an IANA name."""
        if self.days is None:
            return now - self.clock
        zone_info = ZoneInfo(zone)
        day = _working_days_before(now.astimezone(zone_info).date(), self.days)
        return datetime.combine(day, time(), zone_info) + self.clock


@dataclass
class Talk:
    """All events between two members, whose keys are `first` and `second`.

    Both keys are the same for notes to oneself. `unread` has numbers of unread messages by key.
    """

    first: str
    second: str
    events: list[TalkEvent] = field(default_factory=list)
    unread: dict[str, int] = field(default_factory=dict)


def read_talks() -> list[Talk]:
    """Return the talks in all files of demo/talks, one for each two members.

    If two members have parts in several files, these are joined in the order of file names.
    """
    talks: dict[tuple[str, str], Talk] = {}
    folder = files("linkmsg.demo") / "talks"
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        for block in re.split(r"\n(?=\w+ \+ \w+\n)", file.read_text(encoding="utf-8")):
            first, second = _parse_members(block)
            _parse_talk(block, talks.setdefault((first, second), Talk(first, second)))
    return list(talks.values())


def _parse_members(block: str) -> tuple[str, str]:
    opening = OPENING.match(block)
    if opening is None:
        raise TalkError(f"A talk can't start with {block[:40]!r}.")
    return opening[1], opening[2]


def _parse_talk(block: str, talk: Talk) -> None:
    days: int | None = None
    for line in filter(None, block.splitlines()[1:]):
        if day := DAY.fullmatch(line):
            days = int(day[1]) if day[1] else None
        elif continuation := CONTINUATION.fullmatch(line):
            talk.events[-1].text += "\n" + (continuation[1] or "")
        elif unread := UNREAD.fullmatch(line):
            talk.unread[unread[1]] = int(unread[2])
        elif event := EVENT.fullmatch(line):
            clock = timedelta(hours=int(event[1]), minutes=int(event[2]))
            talk.events.append(TalkEvent(days, clock, event[3], event[4] or "says", event[5] or ""))
        else:
            raise TalkError(f"{talk.first} + {talk.second}: invalid line {line[:40]!r}.")


def _working_days_before(day: date, count: int) -> date:
    while count:
        day -= timedelta(days=1)
        count -= day.weekday() < SATURDAY
    return day
