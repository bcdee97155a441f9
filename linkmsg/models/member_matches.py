"""The few members who match a search, shown on the search page beside the messages found."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from linkmsg.db import db
from linkmsg.models.connection import Degree, degree_of
from linkmsg.models.member import Member
from linkmsg.models.people import status_of
from linkmsg.models.people_search import has_words, ranking, search_words

LIMIT = 3


@dataclass(frozen=True)
class MemberMatch:
    """A member whose name, headline or company matches a search by the viewer.

    `degree` says how many connections away from the viewer they are, and `status` how the two are
    related, as in a `PersonRow`.
    """

    member: Member
    degree: Degree
    status: str

    @classmethod
    def best(cls, viewer: Member, text: str, now: datetime) -> tuple[list[Self], bool]:
        """Return the at most 3 best matches for a search, and whether there are more.

        Each word must occur in the name, headline or company, but only the first 8 words count.
        """
        rows = db.session.execute(_matches(viewer, search_words(text), now))
        matches = [cls(member, Degree(degree), status) for member, degree, status in rows]
        return matches[:LIMIT], len(matches) > LIMIT


def _matches(viewer: Member, words: list[str], now: datetime) -> Select[Member, int, str]:
    """Select the first members of the ranking, each with their degree and status.

    These are read for the first ones only, since the degree takes longer than all the rest.
    """
    order = [*ranking(viewer.id, words), Member.name_folded, Member.id]
    best = (
        select(Member.id, func.row_number().over(order_by=order).label("place"))
        .where(Member.closed_at.is_(None), Member.id != viewer.id, has_words(words))
        .order_by("place")
        .limit(LIMIT + 1)
        .subquery()
    )
    person = aliased(Member)
    return (
        select(
            person,
            degree_of(viewer.id, person.id.expression),
            status_of(viewer, person.id.expression, now),
        )
        .join(best, best.c.id == person.id)
        .order_by(best.c.place)
    )
