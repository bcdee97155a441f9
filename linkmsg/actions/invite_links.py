"""Invite links: an admin makes and revokes links that let people sign up, and people use them."""

from datetime import timedelta

from linkmsg import clock
from linkmsg.actions.connections import add_connection
from linkmsg.actions.conversations import add_connected_notice, open_conversation
from linkmsg.actions.errors import ActionRefused
from linkmsg.db import db, writing
from linkmsg.live import broadcasts
from linkmsg.models import Conversation, InviteLink, InviteLinkUse, Member

NO_LONGER_VALID = "This invite link is invalid or has expired. Ask for a new one."


def make(admin: Member, *, max_uses: int | None, days: int, connects: bool = False) -> InviteLink:
    """Create a link for `max_uses` sign-ups (None: no limit) that expires after some days.

    With `connects`, everyone who signs up by it is connected to `admin` at once.
    """
    now = clock.now()
    link = InviteLink(
        creator_id=admin.id,
        created_at=now,
        expires_at=now + timedelta(days=days),
        max_uses=max_uses,
        uses=0,
        connects=connects,
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


def count_use(link_id: int) -> tuple[InviteLink, Member]:
    """Count one use of a link, and return it with its creator; call it inside `with writing()`.

    Both rows stay locked, so simultaneous sign-ups can't exceed the uses of the link, and its
    creator can't be disabled, or removed as an admin, before the newcomer is connected to them.

    Raises:
        ActionRefused: the link is not open.
    """
    link = db.session.scalars(InviteLink.locked(link_id)).one_or_none()
    if link is None:
        raise ActionRefused(NO_LONGER_VALID)
    creator = db.session.scalars(Member.locked(link.creator_id)).one()
    if link.state(creator, clock.now()) != "open":
        raise ActionRefused(NO_LONGER_VALID)
    link.uses += 1
    return link, creator


def record_newcomer(link: InviteLink, creator: Member, newcomer: Member) -> Conversation | None:
    """Record who signed up by a link; if the link says so, connect them to its creator.

    Call it inside `with writing()`. Return the conversation of the two if they are connected.
    """
    db.session.add(InviteLinkUse(member_id=newcomer.id, link_id=link.id))
    if not link.connects:
        return None
    conversation = open_conversation(creator, newcomer)
    add_connected_notice(conversation)
    add_connection(creator, newcomer)
    return conversation


def announce_newcomer(creator: Member, newcomer: Member, conversation: Conversation | None) -> None:
    """Tell the creator of a link that somebody signed up by it; call it after the commit."""
    if conversation is not None:
        broadcasts.messages_changed(conversation, 0)
    broadcasts.joined(creator.id, newcomer)
