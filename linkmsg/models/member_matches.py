"""The few members who match a search, shown on the search page beside the messages found."""

from dataclasses import dataclass
from typing import Self

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from linkmsg.db import db
from linkmsg.models.connection import Degree, degree_of
from linkmsg.models.member import Member
from linkmsg.models.people_search import has_words, ranking, search_words

LIMIT = 3


@dataclass(frozen=True)
class MemberMatch:
    """A member whose name, headline or company matches a search by the viewer.

    `degree` says how many connections away from the viewer they are.
    """

    member: Member
    degree: Degree

    @classmethod
    def best(cls, viewer: Member, text: str) -> tuple[list[Self], bool]:
        """Return the at most 3 best matches for a search, and whether there are more.

        Each word must occur in the name, headline or company, but only the first 8 words count.
        """
        rows = db.session.execute(_matches(viewer, search_words(text)))
        matches = [cls(member, Degree(degree)) for member, degree in rows]
        return matches[:LIMIT], len(matches) > LIMIT


def _matches(viewer: Member, words: list[str]) -> Select[Member, int]:
    """Select the first members of the ranking, each with their degree.

    The degree is read for these only, since it takes longer than all the rest.
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
        select(person, degree_of(viewer.id, person.id.expression))
        .join(best, best.c.id == person.id)
        .order_by(best.c.place)
    )
