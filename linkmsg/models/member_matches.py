"""The few members whose names or work hold all words of a text: what stands beside a search."""

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
    """A member, and her degree to the one who looks."""

    member: Member
    degree: Degree

    @classmethod
    def best(cls, viewer: Member, text: str) -> tuple[list[Self], bool]:
        """The best matches, at most SHOWN, and whether there are more."""
        words = fold(text).split()[:MAX_WORDS]
        asked = {f"word{number}": _escaped(word) for number, word in enumerate(words)}
        rows = db.session.execute(_matches(len(words)), {"viewer": viewer.id, **asked})
        found = [cls(member, Degree(degree)) for member, degree in rows]
        return found[:LIMIT], len(found) > LIMIT


def _escaped(word: str) -> str:
    for sign in (ESCAPE, "%", "_"):
        word = word.replace(sign, ESCAPE + sign)
    return word


@cache
def _matches(count: int) -> Select[Member, int]:
    """The statement for so many words; who is called so comes before who works so."""
    name, work = Member.name_folded, Member.work_folded
    words = [bindparam(f"word{number}", type_=String) for number in range(count)]
    viewer = bindparam("viewer", type_=Integer)
    begins = [
        or_(name.like(word + "%", escape=ESCAPE), name.like("% " + word + "%", escape=ESCAPE))
        for word in words
    ]
    holds = [
        or_(*(each.like("%" + word + "%", escape=ESCAPE) for each in (name, work)))
        for word in words
    ]
    best = case((and_(True, *begins), 0), else_=1)
    few = (
        select(Member.id, best.label("best"))
        .where(Member.closed_at.is_(None), Member.id != viewer, *holds)
        .order_by(best, name, Member.id)
        .limit(LIMIT + 1)
        .subquery()
    )
    person = aliased(Member)
    return (
        select(person, degree_of(viewer, person.id.expression))
        .join(few, few.c.id == person.id)
        .order_by(few.c.best, person.name_folded, person.id)
    )
