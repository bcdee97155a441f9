"""What a member searched for is kept for her, and forgotten when she says so."""

from sqlalchemy import delete

from linkmsg import clock
from linkmsg.db import db, writing
from linkmsg.models import Member, RecentSearch
from linkmsg.models.recent_search import KEPT, LONGEST


def remember(member: Member, text: str) -> None:
    """Keep a search among the last few; one that is among them already becomes the newest."""
    text = text[:LONGEST].strip()
    with writing():
        kept = [each for each in db.session.scalars(RecentSearch.of(member)) if each.text != text]
        staying = [each.id for each in kept[: KEPT - 1]]
        leaving = RecentSearch.id.not_in(staying)
        db.session.execute(delete(RecentSearch).where(RecentSearch.member_id == member.id, leaving))
        db.session.add(RecentSearch(member_id=member.id, text=text, searched_at=clock.now()))


def forget(member: Member) -> None:
    """Forget all that a member searched for."""
    with writing():
        db.session.execute(delete(RecentSearch).where(RecentSearch.member_id == member.id))
