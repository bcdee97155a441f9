"""A search as the parameters of its URL: the query, the order, the page, what is open beside it."""

import dataclasses
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Self

from flask import request, url_for

from linkmsg.models.text import one_line
from linkmsg.search import Filter, ParsedQuery
from linkmsg.web import params, redirects

# Longer than the search accepts, so that it notices, and says, that a query is cut off.
MAX_QUERY = 4000
OPERATOR = re.compile('-?[a-z]+:|-?"')
# The largest value of `shown`; a larger one in a URL counts as this.
MAX_SHOWN = 10_000


def clean_query(text: str) -> str:
    """Return a query on one line, without control characters, at most `MAX_QUERY` long."""
    return one_line("".join(each for each in text if each.isprintable() or each.isspace()))[
        :MAX_QUERY
    ]


def query_from_address() -> str:
    """Return the query `q` in the URL of this page; "" if there is none.

    A page of messages has it if a search result linked to it.
    """
    return clean_query(request.args.get("q", ""))


def results_address(text: str) -> str:
    """Return the URL of a search's results, for a link back to them.

    It is that of the page that linked here if this was a search, else that of a new search. A
    conversation that was open beside the results is left out.
    """
    path, _, query = redirects.referring_path("Referer").partition("?")
    if path != url_for("search.find"):
        return url_for("search.find", q=text)
    kept = [each for each in query.split("&") if each.partition("=")[0] not in {"open", "at"}]
    return f"{path}?{'&'.join(kept)}"


def may_extend_name(name: str, following: str) -> bool:
    """Return whether the query parser may read `following` as part of the name before it.

    In `from:ana ruiz` it may read `ruiz` so; never after a name in quotes or a handle, or if an
    operator follows.
    """
    text = following.lstrip()
    is_whole = name.endswith(('"', ":me")) or ":@" in name
    return bool(text) and not (is_whole or OPERATOR.match(text))


@dataclass(frozen=True)
class SearchRequest:
    """The parameters of a search, which `of` reads from a URL and `address` writes into one.

    Args:
        text: The query, with its operators.
        best: Sort by relevance instead of by time.
        inside: The conversation that the search was started from.
        wide: Search all conversations although it was started from one.
        next: The position after which the next page of hits begins.
        shown: The number of hits that the page shows already.
        open: The conversation that is open beside the results.
        at: The position in it of the message that was opened from the results.
    """

    text: str
    best: bool = False
    inside: int | None = None
    wide: bool = False
    next: str = ""
    shown: int = 0
    open: int | None = None
    at: int | None = None

    @classmethod
    def of(cls, values: Mapping[str, str]) -> Self:
        """Return the search that the parameters of a URL (`q`, `sort`, …) ask for."""
        return cls(
            clean_query(values.get("q", "")),
            values.get("sort") == "best",
            params.optional_int("inside", values) or None,
            bool(values.get("wide")),
            values.get("next", ""),
            min(params.optional_int("shown", values) or 0, MAX_SHOWN),
            params.optional_int("open", values) or None,
            params.optional_int("at", values) or None,
        )

    @property
    def conversation_id(self) -> int | None:
        """Return the id of the conversation to search, or None for all."""
        return None if self.wide else self.inside

    def with_changes(self, **changes: Any) -> Self:
        """Return a copy of this search with the given attributes changed."""
        return dataclasses.replace(self, **changes)

    def address(self) -> str:
        """Return the URL of the results of this search."""
        return url_for(
            "search.find",
            q=self.text or None,
            sort="best" if self.best else None,
            inside=self.inside,
            wide=1 if self.wide else None,
            next=self.next or None,
            shown=self.shown or None,
            open=self.open,
            at=self.at,
        )

    def address_with_text(self, text: str) -> str:
        """Return the URL of the first page for another query; order and conversation stay."""
        return self.with_changes(text=" ".join(text.split()), next="", shown=0).address()

    def text_without(self, removed: Collection[Filter], asked: ParsedQuery) -> str:
        """Return the query without some of its operators, such as `from:bo`.

        Without them, a name may stand directly before other words. It is then put in quotes, so
        that the parser does not read them as part of the name. `asked` is the parsed query.
        """
        text, is_next_removed = self.text, False
        filters = sorted(
            [*asked.filters, *asked.incomplete_filters], key=lambda each: each.span, reverse=True
        )
        for each in filters:
            start, end = each.span
            if each in removed:
                text = f"{text[:start]} {text[end:]}"
            elif is_next_removed and each.is_person and may_extend_name(text[:end], text[end:]):
                quoted = f'{"-" * each.is_negated}{each.name}:"{each.value}"'
                text = f"{text[:start]}{quoted}{text[end:]}"
            is_next_removed = each in removed
        return " ".join(text.split())
