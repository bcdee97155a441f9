"""Links by which an admin lets people sign up."""

from datetime import timedelta

from linkmsg import clock
from linkmsg.db import db, writing
from linkmsg.models import InviteLink, Member


def make(admin: Member, *, max_uses: int | None, days: int) -> InviteLink:
    """Make a link for one person or (`max_uses` None) for many, that expires in some days."""
    now = clock.now()
    link = InviteLink(
        creator_id=admin.id,
        created_at=now,
        expires_at=now + timedelta(days=days),
        max_uses=max_uses,
        uses=0,
    )
    with writing():
        db.session.add(link)
    return link


def revoke(link_id: int) -> None:
    """Let nobody in by this link any more."""
    with writing():
        link = db.session.scalars(InviteLink.locked(link_id)).one_or_none()
        if link is not None:
            link.revoked_at = link.revoked_at or clock.now()
