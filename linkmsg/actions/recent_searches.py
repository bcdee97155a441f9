"""What a member searched for is kept for her, and forgotten when she says so."""

from sqlalchemy import delete

from linkmsg import clock
from linkmsg.db import db, writing
from linkmsg.models import Member, RecentSearch
from linkmsg.models.recent_search import LIMIT, MAX_LENGTH


def remember(member: Member, text: str) -> None:
    """Keep a search among the last few; one that is among them already becomes the newest.

    One that only narrows or widens the newest takes its place.
    """
    text = text[:MAX_LENGTH].strip()
    with writing():
        db.session.scalars(Member.locked(member.id)).one()
        kept = list(db.session.scalars(RecentSearch.of(member)))
        others = [each for each in kept if each.text != text]
        if others and _is_refinement(text, kept[0].text):
            others.remove(kept[0])
        leaving = RecentSearch.id.not_in([each.id for each in others[: LIMIT - 1]])
        db.session.execute(delete(RecentSearch).where(RecentSearch.member_id == member.id, leaving))
        db.session.add(RecentSearch(member_id=member.id, text=text, searched_at=clock.now()))


def clear(member: Member) -> None:
    """Forget all that a member searched for."""
    with writing():
        db.session.execute(delete(RecentSearch).where(RecentSearch.member_id == member.id))


def _is_refinement(one: str, other: str) -> bool:
    """Whether of two searches one asks for all that the other does, and for more."""
    words, more = sorted((set(one.split()), set(other.split())), key=len)
    return words < more
