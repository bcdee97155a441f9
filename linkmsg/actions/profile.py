"""Change a member's profile, handle (name in addresses), photo, and appearance settings."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from linkmsg import clock
from linkmsg.actions.accounts import is_handle_available
from linkmsg.actions.errors import AlreadyTaken
from linkmsg.config import settings
from linkmsg.db import db, writing
from linkmsg.live import broadcasts
from linkmsg.models import Member, OldHandle


@dataclass(frozen=True)
class Profile:
    """The profile that a member enters; `handle` is the name in the address of their page."""

    name: str
    handle: str
    headline: str = ""
    company: str = ""
    place: str = ""
    about: str = ""


def edit(member: Member, profile: Profile) -> None:
    """Change a member's profile; their old handle redirects to the new one for some days.

    Raises:
        AlreadyTaken: the handle belongs to somebody else.
    """
    old_name = member.name
    try:
        with writing():
            if profile.handle != member.handle:
                _change_handle(member, profile.handle)
            member.set_profile(
                name=profile.name,
                headline=profile.headline,
                company=profile.company,
                place=profile.place,
                about=profile.about,
            )
    except IntegrityError:
        raise _handle_taken() from None
    if member.name != old_name:
        broadcasts.renamed(member)


def change_photo(member: Member, photo: str | None) -> str | None:
    """Set a member's photo, or remove it with None.

    Return the value of the old photo, whose files the caller deletes; None if there was none.
    """
    with writing():
        fresh = db.session.scalars(Member.locked(member.id)).one()
        old, fresh.photo = fresh.photo, photo
    broadcasts.refresh(member)
    return old


def change_appearance(member: Member, *, theme: str, zone: str, hours: str, slash: bool) -> None:
    """Set a member's theme and time zone, and whether the / key opens the search (`slash`).

    The theme is "light", "dark", or "" to follow the setting of the device. `hours` is "12" or
    "24", or "" for the clock of their language.
    """
    with writing():
        member.theme, member.zone = theme, zone
        member.hours, member.slash_searches = hours, slash


def _change_handle(member: Member, handle: str) -> None:
    if not is_handle_available(handle, member.id):
        raise _handle_taken()
    until = clock.now() + timedelta(days=settings.handle_keep)
    db.session.execute(delete(OldHandle).where(OldHandle.handle.in_([handle, member.handle])))
    db.session.add(OldHandle(handle=member.handle, member_id=member.id, until=until))
    member.handle = handle


def _handle_taken() -> AlreadyTaken:
    return AlreadyTaken("handle", "This handle is taken. Choose another.")
