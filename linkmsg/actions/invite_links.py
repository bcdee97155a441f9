"""Invite links: an admin makes and revokes links that let people sign up."""

from datetime import timedelta

from linkmsg import clock
from linkmsg.db import db, writing
from linkmsg.models import InviteLink, Member


def make(admin: Member, *, max_uses: int | None, days: int) -> InviteLink:
    """Create a link for `max_uses` sign-ups (None: no limit) that expires after some days."""
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
    """Make an invite link invalid from now on; do nothing if there is no such link."""
    with writing():
        link = db.session.scalars(InviteLink.locked(link_id)).one_or_none()
        if link is not None:
            link.revoked_at = link.revoked_at or clock.now()
