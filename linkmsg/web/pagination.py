"""Pages of a list of people: which is asked for, and the ways to its neighbours."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from linkmsg.models.people import PeoplePage
from linkmsg.web import params

MOST = 10_000


@dataclass(frozen=True)
class Paging:
    """A page's number, its address and those before and after it."""

    page: int
    here: str
    previous: str | None
    next: str | None


def wanted() -> int:
    """The page that is asked for; the first is 1."""
    return min(max(params.optional("page") or 1, 1), MOST)


def of(people: PeoplePage, **values: Any) -> Paging:
    """The ways from a page of people, with what else the address holds."""

    def way(page: int) -> str:
        kept = {name: value for name, value in values.items() if value}
        return url_for(request.endpoint or "", **kept, page=page if page > 1 else None)

    return Paging(
        people.page,
        way(people.page),
        way(people.page - 1) if people.page > 1 else None,
        way(people.page + 1) if people.has_next else None,
    )
