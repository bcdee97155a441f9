"""Dates as they are typed in a search: 2026-03-01, 2026-03, 2026, today, monday, march."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

ISO_DATE = re.compile(r"(\d{4})(?:[-/.](\d{1,2}))?(?:[-/.](\d{1,2}))?")
DATE_HELP = (
    "Write a day as 2026-03-01, monday or today, a month as 2026-03 or march, a year as 2026."
)
# Typed in full or by their first three letters.
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class DateRange:
    """The days from `first` to `last`, both included."""

    first: date
    last: date

    def relative_to(self, operator: str) -> "DateRange":
        """Return all days before this range, all days after it, or the range itself.

        The operator is `before`, `after` or `on`. Ranges end at `date.min` and `date.max`.
        """
        if operator == "before":
            return DateRange(date.min, max(self.first, date.min + ONE_DAY) - ONE_DAY)
        if operator == "after":
            return DateRange(min(self.last, date.max - ONE_DAY) + ONE_DAY, date.max)
        return self


def parse_dates(value: str, today: date) -> DateRange | str:
    """Return the days that a typed value such as `2026-03` means.

    If it is no date, return a sentence for the member that says why. `today` is the date in the
    member's time zone.
    """
    if value.isalpha():
        return _parse_name(value.lower(), today)
    match = ISO_DATE.fullmatch(value)
    if match is None:
        return DATE_HELP
    year, month, day = (int(each) if each else None for each in match.groups())
    return _date_range(year or 0, month, day)


def _parse_name(word: str, today: date) -> DateRange | str:
    """Return the latest day or month with this name that has already begun.

    On a Monday, `monday` is today. If the word is no such name, return `DATE_HELP`.
    """
    if word in {"today", "yesterday"}:
        day = today - ONE_DAY * (word == "yesterday")
        return DateRange(day, day)
    for number, name in enumerate(WEEKDAYS):
        if word in {name, name[:3]}:
            day = today - ONE_DAY * ((today.weekday() - number) % 7)
            return DateRange(day, day)
    for number, name in enumerate(MONTHS, 1):
        if word in {name, name[:3]}:
            return _date_range(today.year - (number > today.month), number, None)
    return DATE_HELP


def _date_range(year: int, month: int | None, day: int | None) -> DateRange | str:
    if not 1 <= year < date.max.year:
        return f"There is no year {year:04}."
    if month is None:
        return DateRange(date(year, 1, 1), date(year, 12, 31))
    if not 1 <= month <= 12:
        return f"There is no month {month}."
    following = date(year + month // 12, month % 12 + 1, 1)
    last = following - ONE_DAY
    if day is None:
        return DateRange(date(year, month, 1), last)
    if not 1 <= day <= last.day:
        return f"{last:%B %Y} has no day {day}."
    return DateRange(date(year, month, day), date(year, month, day))
