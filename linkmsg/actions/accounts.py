"""Accounts: setting up, signing up, and what an admin does to them."""

import secrets
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError

from linkmsg import clock
from linkmsg.actions.errors import ActionRefused, AlreadyTaken
from linkmsg.actions.passwords import hash_password
from linkmsg.config import settings
from linkmsg.db import db, writing
from linkmsg.live import broadcasts
from linkmsg.models import Instance, InviteLink, Member, MemberSession, OldHandle

ALREADY_SET_UP = "This place is set up already. Sign in."
EMAIL_TAKEN = "There is an account with this address already. Sign in, or use another address."


@dataclass(frozen=True)
class NewAccount:
    """What somebody says of herself when she signs up."""

    email: str
    name: str
    password: str
    headline: str = ""
    zone: str = ""


def set_up(place: str, admin: NewAccount) -> Member:
    """Make the first member, an admin, and name the place. It can happen once.

    Its last effect is that the setup token is thrown away.

    Raises:
        Refused: somebody was faster.
    """
    password_hash = hash_password(admin.password)
    try:
        with writing():
            db.session.add(Instance(id=1, name=place, set_up_at=clock.now()))
            db.session.flush()
            if db.session.scalar(select(exists().where(Member.id > 0))):
                raise ActionRefused(ALREADY_SET_UP)
            member = _add_account(admin, password_hash, is_admin=True)
    except IntegrityError:
        raise ActionRefused(ALREADY_SET_UP) from None
    settings.setup_token_file.unlink(missing_ok=True)
    return member


def sign_up(newcomer: NewAccount, link_id: int | None = None) -> Member:
    """Make an account, using up one use of the invite link if one was needed.

    Raises:
        Taken: there is an account with this address.
        Refused: the link lets nobody in any more.
    """
    password_hash = hash_password(newcomer.password)
    with writing():
        if link_id is not None:
            _use_link(link_id)
        return _add_account(newcomer, password_hash)


def add_member(email: str, name: str, password: str, admin: bool = False) -> Member:
    """Make an account from the command line.

    Raises:
        Taken: there is an account with this address.
    """
    password_hash = hash_password(password)
    with writing():
        return _add_account(NewAccount(email, name, password), password_hash, is_admin=admin)


def reset_password(member: Member, password: str) -> None:
    """Give a member another password and end all her sessions."""
    password_hash = hash_password(password)
    with writing():
        member.password_hash = password_hash
        _end_sessions(member)
    broadcasts.signed_out(member.id)


def disable(member: Member) -> None:
    """Close an account: nobody can sign in with it or write to it; what was said stays."""
    with writing():
        member.closed_at = member.closed_at or clock.now()
        _end_sessions(member)
    broadcasts.signed_out(member.id)
    broadcasts.standings(member)


def enable(member: Member) -> None:
    """Open a closed account again."""
    with writing():
        member.closed_at = None
    broadcasts.standings(member)


def _use_link(link_id: int) -> None:
    link = db.session.scalars(InviteLink.locked(link_id)).one_or_none()
    made_by_member = link and db.session.execute(InviteLink.with_creator(link_id)).one_or_none()
    if link is None or not made_by_member or link.state(clock.now()) != "open":
        raise ActionRefused("This invite link lets nobody in any more. Ask for a new one.")
    link.uses += 1


def _add_account(newcomer: NewAccount, password_hash: str, is_admin: bool = False) -> Member:
    """Write the account. Who took its address or handle at the same moment is seen then."""
    while True:
        if db.session.scalars(Member.by_email(newcomer.email)).one_or_none() is not None:
            raise AlreadyTaken("email", EMAIL_TAKEN)
        member = _build_member(newcomer, password_hash, is_admin)
        try:
            with db.session.begin_nested():
                db.session.add(member)
        except IntegrityError:
            continue
        return member


def _build_member(newcomer: NewAccount, password_hash: str, is_admin: bool) -> Member:
    member = Member(
        email=Member.normal_email(newcomer.email),
        password_hash=password_hash,
        handle=available_handle(Member.handle_from(newcomer.name)),
        zone=newcomer.zone or settings.timezone,
        theme="",
        is_admin=is_admin,
        shares_reading=True,
        shares_presence=True,
        created_at=clock.now(),
    )
    member.describe(name=newcomer.name, headline=newcomer.headline, company="", place="", about="")
    return member


def is_handle_available(handle: str, member_id: int | None = None) -> bool:
    """Whether a handle is nobody else's, nor still leads on to somebody else."""
    held = exists().where(Member.handle == handle, Member.id.is_distinct_from(member_id))
    leads = exists().where(
        OldHandle.handle == handle,
        OldHandle.until > clock.now(),
        OldHandle.member_id.is_distinct_from(member_id),
    )
    return not db.session.scalar(select(held | leads))


def available_handle(wanted: str) -> str:
    """The wanted handle, or the same with a number that is free."""
    tried, number = wanted, 2
    while not is_handle_available(tried):
        tried = f"{wanted}-{number if number < 10 else secrets.randbelow(900_000) + 100_000}"[:30]
        number += 1
    return tried


def _end_sessions(member: Member) -> None:
    for session in db.session.scalars(MemberSession.of(member)):
        db.session.delete(session)
