"""The few members who match a search, shown on the search page beside the messages found."""

from dataclasses import dataclass
from functools import cache
from typing import Self

from sqlalchemy import Integer, Select, String, and_, bindparam, case, or_, select
from sqlalchemy.orm import aliased

from linkmsg.db import db
from linkmsg.models.connection import Degree, degree_of
from linkmsg.models.member import Member
from linkmsg.models.people import MAX_WORDS
from linkmsg.models.text import fold

LIMIT = 3
ESCAPE = "/"


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
        words = fold(text).split()[:MAX_WORDS]
        parameters = {f"word{number}": _escaped(word) for number, word in enumerate(words)}
        rows = db.session.execute(_matches(len(words)), {"viewer": viewer.id, **parameters})
        matches = [cls(member, Degree(degree)) for member, degree in rows]
        return matches[:LIMIT], len(matches) > LIMIT


def _escaped(word: str) -> str:
    for sign in (ESCAPE, "%", "_"):
        word = word.replace(sign, ESCAPE + sign)
    return word


@cache
def _matches(count: int) -> Select[Member, int]:
    """Build the query for a number of words; parameters: `viewer`, `word0`, `word1` and so on.

    Members with all words at the beginning of words of their name come first.
    """
    name, work = Member.name_folded, Member.work_folded
    words = [bindparam(f"word{number}", type_=String) for number in range(count)]
    viewer = bindparam("viewer", type_=Integer)
    name_matches = [
        or_(name.like(word + "%", escape=ESCAPE), name.like("% " + word + "%", escape=ESCAPE))
        for word in words
    ]
    contains = [
        or_(*(each.like("%" + word + "%", escape=ESCAPE) for each in (name, work)))
        for word in words
    ]
    rank = case((and_(True, *name_matches), 0), else_=1)
    few = (
        select(Member.id, rank.label("rank"))
        .where(Member.closed_at.is_(None), Member.id != viewer, *contains)
        .order_by(rank, name, Member.id)
        .limit(LIMIT + 1)
        .subquery()
    )
    person = aliased(Member)
    return (
        select(person, degree_of(viewer, person.id.expression))
        .join(few, few.c.id == person.id)
        .order_by(few.c.rank, person.name_folded, person.id)
    )
