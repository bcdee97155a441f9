"""What is asked of the search, as an address."""

import dataclasses
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Self

from flask import request, url_for

from linkmsg.search import Filter, ParsedQuery
from linkmsg.web import params, redirects

# Longer than what is searched, so that a text that is cut off says so.
LONGEST = 4000
OPERATOR = re.compile('-?[a-z]+:|-?"')
# As deep as anybody goes.
DEEPEST = 10_000


def clean(text: str) -> str:
    """What somebody typed, as it is searched for: no control characters, one line, not endless."""
    return " ".join("".join(each for each in text if each.isprintable() or each.isspace()).split())[
        :LONGEST
    ]


def searched() -> str:
    """What a search was for that led to this page."""
    return clean(request.args.get("q", ""))


def results_of(text: str) -> str:
    """Where what a search found is shown: as it was, if one comes from there."""
    came_from = redirects.came_from("Referer")
    is_search = came_from.partition("?")[0] == url_for("search.find")
    return came_from if is_search else url_for("search.find", q=text)


def may_join(name: str, behind: str) -> bool:
    """Whether words behind a name without quotes might be taken for more of it."""
    more = behind.lstrip()
    return bool(more) and not (name.endswith(('"', ":me")) or OPERATOR.match(more))


@dataclass(frozen=True)
class SearchRequest:
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
            params.optional("inside", values) or None,
            bool(values.get("wide")),
            values.get("next", ""),
            min(params.optional("shown", values) or 0, DEEPEST),
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
        return self.changed(text=" ".join(text.split()), next="", shown=0).address()

    def without(self, gone: Collection[Filter], asked: ParsedQuery) -> str:
        """The text without some of its operators.

        A name that would stand before other words then is put into quotes, so that none of them
        becomes a part of it.
        """
        text, behind_is_gone = self.text, False
        filters = sorted(
            [*asked.filters, *asked.incomplete_filters], key=lambda each: each.span, reverse=True
        )
        for each in filters:
            start, end = each.span
            if each in gone:
                text = f"{text[:start]} {text[end:]}"
            elif behind_is_gone and each.is_person and may_join(text[:end], text[end:]):
                quoted = f'{"-" * each.is_negated}{each.name}:"{each.value}"'
                text = f"{text[:start]}{quoted}{text[end:]}"
            behind_is_gone = each in gone
        return " ".join(text.split())
