"""Accounts: first set-up, sign-up, and what an admin does: add, close, reset a password."""

import secrets
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError

from linkmsg import clock
from linkmsg.actions import invite_links
from linkmsg.actions.errors import ActionRefused, AlreadyTaken
from linkmsg.actions.passwords import hash_password
from linkmsg.config import settings
from linkmsg.db import db, writing
from linkmsg.live import broadcasts
from linkmsg.models import Instance, Member, MemberSession, OldHandle

ALREADY_SET_UP = "linkmsg is already set up. Sign in."
EMAIL_TAKEN = "An account with this email already exists. Sign in, or use another email."

LAST_ADMIN = "This is the only administrator. Make someone else an administrator first."


@dataclass(frozen=True)
class NewAccount:
    """What a new member enters when they sign up; without `zone` they get the default time zone."""

    email: str
    name: str
    password: str
    headline: str = ""
    zone: str = ""


def set_up(place: str, admin: NewAccount) -> Member:
    """Create the first member, an admin, and name this installation `place`; only once.

    At the end it deletes the file with the setup token, which the set-up form asked for.

    Raises:
        ActionRefused: the instance is already set up.
    """
    password_hash = hash_password(admin.password)
    try:
        with writing():
            db.session.add(Instance(id=1, name=place, set_up_at=clock.now()))
            db.session.flush()
            if db.session.scalar(Member.any_exists()):
                raise ActionRefused(ALREADY_SET_UP)
            member = _add_account(admin, password_hash, is_admin=True)
    except IntegrityError:
        raise ActionRefused(ALREADY_SET_UP) from None
    settings.setup_token_file.unlink(missing_ok=True)
    return member


def sign_up(account: NewAccount, link_id: int | None = None) -> Member:
    """Create an account; if `link_id` is given, count one use of that invite link.

    Some links connect the new member to the link's creator at once.

    Raises:
        AlreadyTaken: there is an account with this address.
        ActionRefused: the link is not open.
    """
    password_hash = hash_password(account.password)
    if link_id is None:
        with writing():
            return _add_account(account, password_hash)
    with writing():
        link, creator = invite_links.count_use(link_id)
        member = _add_account(account, password_hash)
        conversation = invite_links.record_newcomer(link, creator, member)
    invite_links.announce_newcomer(creator, member, conversation)
    return member


def add_member(email: str, name: str, password: str, admin: bool = False) -> Member:
    """Create an account without an invite link, for the command line.

    Raises:
        AlreadyTaken: there is an account with this address.
    """
    password_hash = hash_password(password)
    with writing():
        return _add_account(NewAccount(email, name, password), password_hash, is_admin=admin)


def reset_password(member: Member, password: str) -> None:
    """Set a new password without asking for the old one, and sign the member out everywhere."""
    password_hash = hash_password(password)
    with writing():
        set_password(member, password_hash)
    broadcasts.signed_out(member.id)


def set_password(member: Member, password_hash: str) -> None:
    """Set a password inside a write: all sessions and any reset link of the member end."""
    member.password_hash = password_hash
    member.reset_digest = member.reset_expires_at = None
    _end_sessions(member)


def disable(member: Member) -> None:
    """Close an account: its member can't sign in, nobody can write to them; messages stay.

    Raises:
        ActionRefused: they are the last admin.
    """
    with writing():
        _keep_an_admin(member)
        member.closed_at = member.closed_at or clock.now()
        member.reset_digest = member.reset_expires_at = None
        _end_sessions(member)
    broadcasts.signed_out(member.id)
    broadcasts.relationships(member)


def enable(member: Member) -> None:
    """Reopen a closed account, so that its member can sign in and be written to again."""
    with writing():
        member.closed_at = None
    broadcasts.relationships(member)


def make_admin(member: Member) -> None:
    """Make a member an admin.

    Raises:
        ActionRefused: their account is disabled.
    """
    with writing():
        fresh = db.session.scalars(Member.locked(member.id)).one()
        if fresh.is_closed:
            raise ActionRefused("This account is disabled. Enable it first.")
        fresh.is_admin = True


def remove_admin(member: Member) -> None:
    """Make an admin an ordinary member.

    Raises:
        ActionRefused: they are the last admin.
    """
    with writing():
        _keep_an_admin(member)
        member.is_admin = False


def _keep_an_admin(member: Member) -> None:
    """Lock the admins, so that of two who remove each other one stays."""
    if [each.id for each in db.session.scalars(Member.locked_admins())] == [member.id]:
        raise ActionRefused(LAST_ADMIN)


def _add_account(account: NewAccount, password_hash: str, is_admin: bool = False) -> Member:
    """Add a member; try again if another sign-up takes the handle at the same moment.

    Raises:
        AlreadyTaken: there is an account with this e-mail address.
    """
    while True:
        if db.session.scalars(Member.by_email(account.email)).one_or_none() is not None:
            raise AlreadyTaken("email", EMAIL_TAKEN)
        member = _build_member(account, password_hash, is_admin)
        try:
            with db.session.begin_nested():
                db.session.add(member)
        except IntegrityError:
            continue
        return member


def _build_member(account: NewAccount, password_hash: str, is_admin: bool) -> Member:
    member = Member(
        email=Member.normalize_email(account.email),
        password_hash=password_hash,
        handle=available_handle(Member.handle_from(account.name)),
        zone=account.zone or settings.timezone,
        theme="",
        is_admin=is_admin,
        shares_reading=True,
        shares_presence=True,
        created_at=clock.now(),
    )
    member.set_profile(name=account.name, headline=account.headline, company="", place="", about="")
    return member


def is_handle_available(handle: str, member_id: int | None = None) -> bool:
    """Return whether a member may take this handle, the name in the address of a profile.

    Not if another member has it, or had it and its address still redirects to them.
    """
    taken = exists().where(Member.handle == handle, Member.id.is_distinct_from(member_id))
    redirects = exists().where(
        OldHandle.handle == handle,
        OldHandle.until > clock.now(),
        OldHandle.member_id.is_distinct_from(member_id),
    )
    return not db.session.scalar(select(taken | redirects))


def available_handle(handle: str) -> str:
    """Return the handle if it is available, else with a number, such as "ana-ruiz-2"."""
    candidate, number = handle, 2
    while not is_handle_available(candidate):
        candidate = f"{handle}-{number if number < 10 else secrets.randbelow(900_000) + 100_000}"[
            :30
        ]
        number += 1
    return candidate


def _end_sessions(member: Member) -> None:
    for session in db.session.scalars(MemberSession.of(member)):
        db.session.delete(session)
