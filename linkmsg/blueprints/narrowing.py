"""What is asked of the search, as an address; and the chips that write operators into it."""

import dataclasses
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from flask import url_for

from linkmsg.blueprints import numbers
from linkmsg.models import Member
from linkmsg.search import Asked, Filter, meant, understood

# Longer than what is searched, so that a text that is cut off says so.
LONGEST = 4000
# Fields of the form that writes operators for those who do not know them.
FIELDS = ("from", "with", "after", "before")
# Of so many names it is looked up whom they may mean.
NAMES = 3
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
OFFERS = (
    ("from:me", "From me"),
    ("has:file", "Has file"),
    ("has:image", "Has image"),
    ("has:link", "Has link"),
    ("is:unread", "Unread"),
)


def clean(text: str) -> str:
    """What somebody typed, as it is searched for: no control characters, one line, not endless."""
    return " ".join("".join(each for each in text if each.isprintable() or each.isspace()).split())[
        :LONGEST
    ]


@dataclass(frozen=True)
class Wanted:
    """A search, its order, its place, and how much of what it finds.

    `inside` is the conversation it was begun from, `wide` whether it goes beyond that.
    """

    text: str
    best: bool = False
    inside: int | None = None
    wide: bool = False
    next: str = ""
    shown: int = 0

    @classmethod
    def of(cls, values: Mapping[str, str]) -> Self:
        """What an address asks for."""
        return cls(
            clean(values.get("q", "")),
            values.get("sort") == "best",
            numbers.optional("inside", values) or None,
            bool(values.get("wide")),
            values.get("next", ""),
            numbers.optional("shown", values) or 0,
        )

    @property
    def place(self) -> int | None:
        """The one conversation that is searched, if it is one."""
        return None if self.wide else self.inside

    def changed(self, **changes: Any) -> Self:
        """The same search, with some of it different."""
        return dataclasses.replace(self, **changes)

    def address(self) -> str:
        """Where this search is."""
        return url_for(
            "search.find",
            q=self.text or None,
            sort="best" if self.best else None,
            inside=self.inside,
            wide=1 if self.wide else None,
            next=self.next or None,
            shown=self.shown or None,
        )

    def anew(self, text: str) -> str:
        """Where another text is searched for in the same order and place."""
        return self.changed(text=text, next="", shown=0).address()


@dataclass(frozen=True)
class Chip:
    """A way to a narrower search, or back to a wider one where this is on already."""

    label: str
    address: str
    on: bool = False


def is_filled_in(values: Mapping[str, str]) -> bool:
    """Whether anything stands in the form, or stood there."""
    return any(values.get(name) or values.get(f"had-{name}") for name in FIELDS)


def written_out(viewer: Member, values: Mapping[str, str]) -> Wanted:
    """The search that a filled-in form means: its fields as operators of the text.

    A field that is as it was changes nothing; any other takes the place of its operators.
    """
    wanted = Wanted.of(values)
    said = {name: clean(values.get(name, "")).replace('"', "") for name in FIELDS}
    new = [name for name in FIELDS if said[name] != clean(values.get(f"had-{name}", ""))]
    text = wanted.text
    for each in sorted(understood(viewer, text).filters, key=lambda each: each.place, reverse=True):
        if each.name in new and not each.negated:
            text = _without(text, *each.place)
    operators = [
        f'{name}:"{said[name]}"' if " " in said[name] else f"{name}:{said[name]}"
        for name in new
        if said[name]
    ]
    return wanted.changed(text=" ".join([*operators, text]).strip(), next="", shown=0)


def fields(asked: Asked | None) -> dict[str, str]:
    """What stands in the form: the values of its operators, of each that is there once."""
    values = defaultdict[str, list[str]](list)
    for each in asked.filters if asked else ():
        if not each.negated and (each.days is None or DAY.fullmatch(each.value)):
            values[each.name].append(each.value)
    return {name: values[name][0] if len(values[name]) == 1 else "" for name in FIELDS}


def chips(viewer: Member, wanted: Wanted, asked: Asked | None) -> Iterator[Chip]:
    """What narrows a search now, then whom its names may mean, then what else could narrow it.

    Operators are put before the words, of which the last one goes on as it is typed.
    """
    filters = asked.filters if asked else []
    people = _people(viewer, [*filters, *asked.begun] if asked else [])
    for each in filters:
        names = [name for name, _ in people.get(each, ())]
        words = label(each, names[0] if len(names) == 1 else each.value)
        yield Chip(words, wanted.anew(_without(wanted.text, *each.place)), on=True)
    for each, several in people.items():
        if len(several) > 1 or not each.value:
            yield from (_offer(wanted, each, *person) for person in several)
    here = {f"{each.name}:{each.value}".casefold() for each in filters if not each.negated}
    if asked and asked.wants_somebody:
        return
    for operator, words in OFFERS:
        if operator not in here:
            yield Chip(words, wanted.anew(f"{operator} {wanted.text}".strip()))


def _people(viewer: Member, filters: list[Filter]) -> dict[Filter, list[tuple[str, str]]]:
    """Whom the names may mean that are asked for: names and handles."""
    named = [each for each in filters if each.names_somebody]
    return {each: meant(viewer, each.value) for each in named[:NAMES]}


def _offer(wanted: Wanted, filter_: Filter, name: str, handle: str) -> Chip:
    """A way to one of those whom a name may mean."""
    start, end = filter_.place
    operator = f"{'-' * filter_.negated}{filter_.name}:@{handle}"
    text = f"{wanted.text[:start]}{operator} {wanted.text[end:]}"
    return Chip(label(filter_, name), wanted.anew(" ".join(text.split())))


def example(viewer: Member) -> str:
    """The first name of whom she talked to last, or any name."""
    newest = meant(viewer, "")
    return newest[0][0].split()[0].replace('"', "") if newest else "Bo"


def label(filter_: Filter, value: str) -> str:
    """A filter in words: From bo, Not has file, Before 2026-03-01."""
    words = f"{filter_.name} {value}"
    return f"Not {words}" if filter_.negated else words[:1].upper() + words[1:]


def _without(text: str, start: int, end: int) -> str:
    return " ".join(f"{text[:start]} {text[end:]}".split())
