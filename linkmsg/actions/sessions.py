"""Signing in and out: one session for each browser."""

import secrets

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from linkmsg import clock
from linkmsg.actions import passwords
from linkmsg.actions.accounts import EMAIL_TAKEN
from linkmsg.actions.errors import ActionRefused, AlreadyTaken
from linkmsg.db import db, writing
from linkmsg.live import broadcasts
from linkmsg.models import Member, MemberSession

ACCOUNT_CHANGED = "Your account has changed just now. Sign in again."
WRONG_PASSWORD = "That is not your password. Check Caps Lock, then try again."


def authenticate(email: str, password: str) -> Member | None:
    """The member with this address and password, whose account is open; None for all others.

    One hash is computed whether the address is known or not.
    """
    found = db.session.scalars(Member.by_email(email)).one_or_none()
    member = found if found is None or not found.closed else None
    if not passwords.matches(password, member.password_hash if member else None) or not member:
        return None
    if passwords.is_outdated(member.password_hash):
        _rehash(member, member.password_hash, passwords.hash_password(password))
    return member


def _rehash(member: Member, kept: str, again: str) -> None:
    """Keep the new hash, unless the password was changed meanwhile."""
    with writing():
        db.session.execute(
            update(Member)
            .where(Member.id == member.id, Member.password_hash == kept)
            .values(password_hash=again)
        )


def start(member: Member, *, remember: bool, user_agent: str, address: str) -> str:
    """Open a session and give its token, which is kept nowhere but in the browser.

    The member's sessions that nobody can use any more are thrown away.

    Raises:
        Refused: her password was changed, or her account closed, while hers was looked at.
    """
    token, now, recognised_by = secrets.token_urlsafe(32), clock.now(), member.password_hash
    with writing():
        fresh = db.session.scalars(Member.locked(member.id)).one()
        if fresh.closed or fresh.password_hash != recognised_by:
            raise ActionRefused(ACCOUNT_CHANGED)
        for session in db.session.scalars(MemberSession.of(member)):
            if not session.is_alive(now):
                db.session.delete(session)
        db.session.add(
            MemberSession(
                member_id=member.id,
                token_digest=MemberSession.digest(token),
                created_at=now,
                last_seen_at=now,
                remember=remember,
                user_agent=user_agent[:255],
                address=address[:64],
            )
        )
    return token


def update_last_seen(session: MemberSession) -> None:
    """Write down that a session is in use."""
    with writing():
        db.session.execute(
            update(MemberSession)
            .where(MemberSession.id == session.id)
            .values(last_seen_at=clock.now())
        )


def end(member: Member, session_id: int) -> None:
    """End one session of a member; one that is no more, or not hers, changes nothing."""
    with writing():
        db.session.execute(
            delete(MemberSession).where(
                MemberSession.id == session_id, MemberSession.member_id == member.id
            )
        )
    broadcasts.signed_out(member.id, only=session_id)


def end_others(member: Member, session_id: int) -> None:
    """End all sessions of a member but one."""
    with writing():
        _delete_all_except(member, session_id)
    broadcasts.signed_out(member.id, but=session_id)


def change_password(member: Member, session_id: int, current: str, new: str) -> None:
    """Give oneself another password; all other sessions end.

    Raises:
        Refused: the current password is wrong.
    """
    if not passwords.matches(current, member.password_hash):
        raise ActionRefused(WRONG_PASSWORD)
    password_hash = passwords.hash_password(new)
    with writing():
        member.password_hash = password_hash
        _delete_all_except(member, session_id)
    broadcasts.signed_out(member.id, but=session_id)


def change_email(member: Member, password: str, email: str) -> None:
    """Sign in with another address from now on.

    Raises:
        Refused: the password is wrong.
        Taken: the address belongs to another account.
    """
    if not passwords.matches(password, member.password_hash):
        raise ActionRefused(WRONG_PASSWORD)
    try:
        with writing():
            other = db.session.scalars(Member.by_email(email)).one_or_none()
            if other is not None and other.id != member.id:
                raise AlreadyTaken("email", EMAIL_TAKEN)
            member.email = Member.normal_email(email)
    except IntegrityError:
        raise AlreadyTaken("email", EMAIL_TAKEN) from None


def _delete_all_except(member: Member, session_id: int) -> None:
    db.session.execute(
        delete(MemberSession).where(
            MemberSession.id != session_id, MemberSession.member_id == member.id
        )
    )
