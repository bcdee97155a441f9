"""What a member says of herself, and how the product looks to her."""

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
    """What others see of a member."""

    name: str
    handle: str
    headline: str = ""
    company: str = ""
    place: str = ""
    about: str = ""


def edit(member: Member, profile: Profile) -> None:
    """Write a member's profile. An old handle leads on to her for a while.

    Raises:
        Taken: the handle is somebody else's.
    """
    before = member.name
    try:
        with writing():
            if profile.handle != member.handle:
                _change_handle(member, profile.handle)
            member.describe(
                name=profile.name,
                headline=profile.headline,
                company=profile.company,
                place=profile.place,
                about=profile.about,
            )
    except IntegrityError:
        raise _handle_taken() from None
    if member.name != before:
        broadcasts.renamed(member)


def change_photo(member: Member, photo: str | None) -> str | None:
    """Let others see a member by a photo, or by her initials again; the photo before, if any."""
    with writing():
        fresh = db.session.scalars(Member.locked(member.id)).one()
        before, fresh.photo = fresh.photo, photo
    broadcasts.look_anew(member)
    return before


def change_appearance(member: Member, *, theme: str, zone: str, slash: bool) -> None:
    """Choose a theme (`light`, `dark` or nothing for the device's), a zone, and what / does.

    With `slash` the key leads to the search wherever nothing is typed.
    """
    with writing():
        member.theme, member.zone, member.slash_searches = theme, zone, slash


def _change_handle(member: Member, handle: str) -> None:
    if not is_handle_available(handle, member.id):
        raise _handle_taken()
    until = clock.now() + timedelta(days=settings.handle_keep)
    db.session.execute(delete(OldHandle).where(OldHandle.handle.in_([handle, member.handle])))
    db.session.add(OldHandle(handle=member.handle, member_id=member.id, until=until))
    member.handle = handle


def _handle_taken() -> AlreadyTaken:
    return AlreadyTaken("handle", "Somebody else has this handle. Choose another.")
