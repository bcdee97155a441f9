"""The list of all members, as the admins see it."""

from sqlalchemy import ColumnElement, literal, null, or_, select, true

from linkmsg.models.connection import Degree
from linkmsg.models.member import Member
from linkmsg.models.people import PeopleQuery
from linkmsg.models.people_search import has_words, search_words

STATES = ("all", "admins", "disabled")


def members_matching(text: str, state: str) -> PeopleQuery:
    """Select the members with every word of a text in their name, work or email, by name.

    `state` is one of STATES. Closed accounts are among them.
    """
    conditions: dict[str, ColumnElement[bool]] = {
        "admins": Member.is_admin.is_(True),
        "disabled": Member.closed_at.is_not(None),
    }
    is_email = Member.email.contains(Member.normalize_email(text), autoescape=True)
    return (
        select(Member, literal(int(Degree.OUT)), null(), literal(0), literal(""))
        .where(conditions.get(state, true()))
        .where(or_(is_email, has_words(search_words(text))))
        .order_by(Member.name_folded, Member.id)
    )
