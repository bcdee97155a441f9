"""Remember what a member searched for, to offer it again, or clear that list."""

from sqlalchemy import delete

from linkmsg import clock
from linkmsg.db import db, writing
from linkmsg.models import Member, RecentSearch
from linkmsg.models.recent_search import LIMIT, MAX_LENGTH


def remember(member: Member, text: str) -> None:
    """Put a search on top of a member's recent searches, of which the newest 8 stay.

    A search with words added to or removed from the newest one replaces it.
    """
    text = text[:MAX_LENGTH].strip()
    with writing():
        db.session.scalars(Member.locked(member.id)).one()
        recent = list(db.session.scalars(RecentSearch.of(member)))
        others = [each for each in recent if each.text != text]
        if others and _is_refinement(text, recent[0].text):
            others.remove(recent[0])
        surplus = RecentSearch.id.not_in([each.id for each in others[: LIMIT - 1]])
        db.session.execute(delete(RecentSearch).where(RecentSearch.member_id == member.id, surplus))
        db.session.add(RecentSearch(member_id=member.id, text=text, searched_at=clock.now()))


def clear(member: Member) -> None:
    """Delete all recent searches of a member."""
    with writing():
        db.session.execute(delete(RecentSearch).where(RecentSearch.member_id == member.id))


def _is_refinement(one: str, other: str) -> bool:
    """Return whether one of two searches, in any order, has all words of the other, and more."""
    fewer, more = sorted((set(one.split()), set(other.split())), key=len)
    return fewer < more
