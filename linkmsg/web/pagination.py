"""Numbered pages of a list of people, and the links between them."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from linkmsg.models.people import PeoplePage
from linkmsg.web import params

MAX_PAGE = 10_000


@dataclass(frozen=True)
class PageLinks:
    """The number and URL of a page, and the URLs of the previous and next page, or None."""

    page: int
    current: str
    previous: str | None
    next: str | None


def requested_page() -> int:
    """Return the page number that the URL asks for (`?page=2`), from 1 to MAX_PAGE; else 1."""
    return min(max(params.optional_int("page") or 1, 1), MAX_PAGE)


def page_links(people: PeoplePage, **values: Any) -> PageLinks:
    """Return the URLs of a page of people and its neighbors; `values` are their URL parameters."""

    def address(page: int) -> str:
        params_ = {name: value for name, value in values.items() if value}
        return url_for(request.endpoint or "", **params_, page=page if page > 1 else None)

    return PageLinks(
        people.page,
        address(people.page),
        address(people.page - 1) if people.page > 1 else None,
        address(people.page + 1) if people.has_next else None,
    )
