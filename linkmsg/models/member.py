"""Members: accounts, profiles and handles."""

import re
from collections.abc import Collection
from datetime import datetime
from typing import Self

from sqlalchemy import ForeignKey, Select, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from linkmsg.db import Model
from linkmsg.models.text import fold, one_line, script

# The pattern of <input type=email>: HTML Living Standard, "valid e-mail address".
EMAIL = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
    r"(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*"
)
HANDLE = re.compile(r"[a-z0-9-]{3,30}")
HUE_COUNT = 6


class Member(Model):
    """A person with an account. Columns that pages don't show are loaded on access only."""

    __tablename__ = "members"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255), deferred=True)
    name: Mapped[str] = mapped_column(String(80))
    handle: Mapped[str] = mapped_column(String(30), unique=True)
    headline: Mapped[str] = mapped_column(String(120), default="")
    company: Mapped[str] = mapped_column(String(80), default="")
    place: Mapped[str] = mapped_column(String(80), default="")
    about: Mapped[str] = mapped_column(String(2000), default="")
    name_folded: Mapped[str] = mapped_column(Text, deferred=True)
    work_folded: Mapped[str] = mapped_column(Text, default="", deferred=True)
    zone: Mapped[str] = mapped_column(String(64))
    theme: Mapped[str] = mapped_column(String(5), default="")
    is_admin: Mapped[bool] = mapped_column(default=False)
    shares_reading: Mapped[bool] = mapped_column(default=True)
    shares_presence: Mapped[bool] = mapped_column(default=True)
    slash_searches: Mapped[bool] = mapped_column(default=True)
    photo: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(deferred=True)
    closed_at: Mapped[datetime | None] = mapped_column(index=True)

    @property
    def is_closed(self) -> bool:
        """Return whether an admin has closed the account."""
        return self.closed_at is not None

    @property
    def first_name(self) -> str:
        """Return the first word of the name."""
        return self.name.split()[0]

    @property
    def initials(self) -> str:
        """Return the initials: of the first word, and of the last word in the same script."""
        words = [word for word in self.name.split() if word[0].isalnum()] or self.name.split()
        same_script = [word for word in words if script(word[0]) == script(words[0][0])]
        return "".join(word[0] for word in dict.fromkeys([words[0], same_script[-1]])).upper()

    @property
    def hue(self) -> int:
        """Return the number of the avatar's background colour, 1 to 6; it never changes."""
        return self.id % HUE_COUNT + 1

    def set_profile(
        self, *, name: str, headline: str, company: str, place: str, about: str
    ) -> None:
        """Set the profile, and the folded texts that search uses."""
        self.name, self.headline, self.company = (
            one_line(name),
            one_line(headline),
            one_line(company),
        )
        self.place, self.about = one_line(place), about
        self.name_folded = fold(self.name)
        self.work_folded = fold(f"{self.headline} {self.company}")

    @staticmethod
    def photo_of_blob(blob: str) -> str:
        """Return the photo that a blob key belongs to; a photo has one blob for each size."""
        return blob.rpartition("-")[0]

    @classmethod
    def with_photos(cls, photos: Collection[str]) -> Select[str | None]:
        """Return those of these photos that a member has."""
        return select(cls.photo).where(cls.photo.in_(photos))

    @staticmethod
    def normalize_email(text: str) -> str:
        """Return an address without surrounding spaces, in lower case."""
        return text.strip().lower()

    @staticmethod
    def is_email(text: str) -> bool:
        """Return whether a text has the form of an e-mail address."""
        return len(text) <= 254 and EMAIL.fullmatch(Member.normalize_email(text)) is not None

    @staticmethod
    def is_handle(text: str) -> bool:
        """Return whether a text has the form of a handle: 3 to 30 of a to z, 0 to 9 and hyphen."""
        return HANDLE.fullmatch(text) is not None

    @staticmethod
    def handle_from(name: str) -> str:
        """Return a handle for a name; it begins with `member` if the name has too few a to z."""
        handle = re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")[:26].strip("-")
        return handle if len(handle) >= 3 else f"member-{handle}".strip("-")

    @classmethod
    def by_id(cls, member_id: int) -> Select[Self]:
        """Return the member with this id."""
        return select(cls).where(cls.id == member_id)

    @classmethod
    def by_email(cls, email: str) -> Select[Self]:
        """Return the member with this address, in any spelling of case and spaces."""
        return select(cls).where(cls.email == cls.normalize_email(email))

    @classmethod
    def all_by_email(cls) -> Select[Self]:
        """Return all members, by address, including closed accounts."""
        return select(cls).order_by(cls.email)

    @classmethod
    def by_ids(cls, ids: Collection[int]) -> Select[Self]:
        """Return the members with these ids."""
        return select(cls).where(cls.id.in_(ids))

    @classmethod
    def by_handle(cls, handle: str) -> Select[Self]:
        """Return the member with this handle."""
        return select(cls).where(cls.handle == handle)

    @classmethod
    def locked(cls, *ids: int) -> Select[Self]:
        """Return these members, locked; always in order of id, which prevents deadlocks."""
        return (
            select(cls)
            .where(cls.id.in_(ids))
            .order_by(cls.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )


class OldHandle(Model):
    """A former handle of a member, which redirects to them until a time."""

    __tablename__ = "old_handles"

    handle: Mapped[str] = mapped_column(String(30), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    until: Mapped[datetime]

    @classmethod
    def current_member(cls, handle: str, now: datetime) -> Select[Member]:
        """Return the member that a former handle still redirects to."""
        return (
            select(Member)
            .join(cls, cls.member_id == Member.id)
            .where(cls.handle == handle, cls.until > now)
        )
