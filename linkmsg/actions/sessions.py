"""Sign in, sign out, and change password or e-mail address; each browser has its own session."""

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

ACCOUNT_CHANGED = "Your account was just changed. Sign in again."
WRONG_PASSWORD = "Incorrect password. Check Caps Lock, then try again."


def authenticate(email: str, password: str) -> Member | None:
    """Return the member with this e-mail address and password; None if wrong or account closed.

    It computes a hash even if the address is unknown, so that its time does not reveal who has
    an account. An outdated hash is replaced.
    """
    found = db.session.scalars(Member.by_email(email)).one_or_none()
    member = found if found is None or not found.is_closed else None
    match = passwords.compare(password, member.password_hash if member else None)
    if not match or not member:
        return None
    if match is passwords.Match.OUTDATED:
        _rehash(member, member.password_hash, passwords.hash_password(password))
    return member


def _rehash(member: Member, old: str, new: str) -> None:
    """Store a new hash of the same password, unless the password was changed since `old`."""
    with writing():
        db.session.execute(
            update(Member)
            .where(Member.id == member.id, Member.password_hash == old)
            .values(password_hash=new)
        )


def start(
    member: Member, *, remember: bool, user_agent: str, address: str, language: str = ""
) -> str:
    """Sign a member in: create a session and return its secret token for the browser's cookie.

    Call it after `authenticate`. It also deletes the member's expired sessions. `language` is
    that of the browser (BCP 47), "" if unknown.

    Raises:
        ActionRefused: the password was changed or the account closed during the sign-in.
    """
    token, now, verified_hash = secrets.token_urlsafe(32), clock.now(), member.password_hash
    with writing():
        fresh = db.session.scalars(Member.locked(member.id)).one()
        if fresh.is_closed or fresh.password_hash != verified_hash:
            raise ActionRefused(ACCOUNT_CHANGED)
        fresh.language = language[:35] or fresh.language
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


def update_last_seen(session: MemberSession, member: Member, language: str = "") -> None:
    """Set the time at which a session was last used to now, and the language of its browser."""
    with writing():
        member.language = language[:35] or member.language
        db.session.execute(
            update(MemberSession)
            .where(MemberSession.id == session.id)
            .values(last_seen_at=clock.now())
        )


def end(member: Member, session_id: int) -> None:
    """Sign a member out in one browser; delete nothing if the session is not theirs."""
    with writing():
        db.session.execute(
            delete(MemberSession).where(
                MemberSession.id == session_id, MemberSession.member_id == member.id
            )
        )
    broadcasts.signed_out(member.id, session_id=session_id)


def end_others(member: Member, session_id: int) -> None:
    """Sign a member out everywhere except in the browser with this session."""
    with writing():
        _delete_all_except(member, session_id)
    broadcasts.signed_out(member.id, except_session_id=session_id)


def change_password(member: Member, session_id: int, current: str, new: str) -> str:
    """Change a member's password, and sign them out everywhere except in this session.

    Return the session's new token: whoever has copied the old one is signed out too.

    Raises:
        ActionRefused: the current password is wrong.
    """
    confirm_password(member, current)
    password_hash, token = passwords.hash_password(new), secrets.token_urlsafe(32)
    with writing():
        member.password_hash = password_hash
        member.reset_digest = member.reset_expires_at = None
        _delete_all_except(member, session_id)
        _replace_token(session_id, token)
    broadcasts.signed_out(member.id, except_session_id=session_id)
    return token


def confirm_password(member: Member, password: str) -> None:
    """Check the current password of a member.

    Raises:
        ActionRefused: it is wrong.
    """
    if not passwords.compare(password, member.password_hash):
        raise ActionRefused(WRONG_PASSWORD)


def change_email(member: Member, password: str, email: str) -> None:
    """Change the e-mail address with which a member signs in; `password` is their current one.

    Raises:
        ActionRefused: the password is wrong.
        AlreadyTaken: the address belongs to another account.
    """
    confirm_password(member, password)
    try:
        with writing():
            other = db.session.scalars(Member.by_email(email)).one_or_none()
            if other is not None and other.id != member.id:
                raise AlreadyTaken("email", EMAIL_TAKEN)
            member.email = Member.normalize_email(email)
    except IntegrityError:
        raise AlreadyTaken("email", EMAIL_TAKEN) from None


def _replace_token(session_id: int, token: str) -> None:
    digest = MemberSession.digest(token)
    db.session.execute(
        update(MemberSession).where(MemberSession.id == session_id).values(token_digest=digest)
    )


def _delete_all_except(member: Member, session_id: int) -> None:
    db.session.execute(
        delete(MemberSession).where(
            MemberSession.id != session_id, MemberSession.member_id == member.id
        )
    )
