"""Password resets: a link with which a member who forgot their password sets a new one, once."""

import secrets
from datetime import datetime, timedelta

from linkmsg import clock
from linkmsg.actions.accounts import set_password
from linkmsg.actions.errors import ActionRefused
from linkmsg.actions.passwords import hash_password
from linkmsg.db import db, writing
from linkmsg.live import broadcasts
from linkmsg.models import Member

LIFE = timedelta(hours=24)
INVALID = "This link is invalid or has expired. Ask an administrator for a new one."


def create_token(member: Member) -> tuple[str, datetime]:
    """Return the token of a new reset link, and when it expires; an earlier link ends.

    Raises:
        ActionRefused: the account is disabled.
    """
    token, expires_at = secrets.token_urlsafe(32), clock.now() + LIFE
    with writing():
        fresh = db.session.scalars(Member.locked(member.id)).one()
        if fresh.is_closed:
            raise ActionRefused("This account is disabled. Enable it first.")
        fresh.reset_digest = Member.digest(token)
        fresh.reset_expires_at = expires_at
    return token, expires_at


def reset(token: str, password: str) -> Member:
    """Set the new password of the member for whom a reset link is; the link ends.

    They are signed out everywhere.

    Raises:
        ActionRefused: the link has been used, replaced or expired, or the account is disabled.
    """
    password_hash = hash_password(password)
    with writing():
        link = Member.by_reset_token(token, clock.now()).with_for_update()
        member = db.session.scalars(link).one_or_none()
        if member is None:
            raise ActionRefused(INVALID)
        set_password(member, password_hash)
    broadcasts.signed_out(member.id)
    return member
