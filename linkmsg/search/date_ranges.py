"""Days as they are written in a search: 2026-03-01, 2026-03, 2026, today, monday, march."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

WRITTEN = re.compile(r"(\d{4})(?:[-/.](\d{1,2}))?(?:[-/.](\d{1,2}))?")
HOW = "Write a day as 2026-03-01, monday or today, a month as 2026-03 or march, a year as 2026."
# In whole, or their first three letters.
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
ONE = timedelta(days=1)


@dataclass(frozen=True)
class Days:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    def seen_from(self, bound: str) -> "Days":
        """The days before these, after these, or these (`on`). There may be none."""
        if bound == "before":
            return Days(date.min, max(self.first, date.min + ONE) - ONE)
        if bound == "after":
            return Days(min(self.last, date.max - ONE) + ONE, date.max)
        return self


def days_of(value: str, today: date) -> Days | str:
    """The days that are written so; a sentence if they can't be read."""
    if value.isalpha():
        return _named(value.lower(), today)
    written = WRITTEN.fullmatch(value)
    if written is None:
        return HOW
    year, month, day = (int(each) if each else None for each in written.groups())
    return _days(year or 0, month, day)


def _named(word: str, today: date) -> Days | str:
    """The last day or month of a name, which may be the one that is now."""
    if word in {"today", "yesterday"}:
        day = today - ONE * (word == "yesterday")
        return Days(day, day)
    for number, name in enumerate(WEEKDAYS):
        if word in {name, name[:3]}:
            day = today - ONE * ((today.weekday() - number) % 7)
            return Days(day, day)
    for number, name in enumerate(MONTHS, 1):
        if word in {name, name[:3]}:
            return _days(today.year - (number > today.month), number, None)
    return HOW


def _days(year: int, month: int | None, day: int | None) -> Days | str:
    if not 1 <= year < date.max.year:
        return f"There is no year {year:04}."
    if month is None:
        return Days(date(year, 1, 1), date(year, 12, 31))
    if not 1 <= month <= 12:
        return f"There is no month {month}."
    following = date(year + month // 12, month % 12 + 1, 1)
    last = following - ONE
    if day is None:
        return Days(date(year, month, 1), last)
    if not 1 <= day <= last.day:
        return f"{last:%B %Y} has no day {day}."
    return Days(date(year, month, day), date(year, month, day))
