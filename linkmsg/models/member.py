"""Members (people with an account): their profiles and handles (names in addresses)."""

import hashlib
import re
from collections.abc import Collection
from datetime import datetime
from typing import Self

from sqlalchemy import ForeignKey, Select, String, Text, exists, select
from sqlalchemy.orm import Mapped, mapped_column

from linkmsg.db import Model
from linkmsg.models.folding import fold, searchable_name, searchable_text
from linkmsg.models.hour_clock import uses_12_hours
from linkmsg.models.text import one_line, script, words

# The pattern of <input type=email>: HTML Living Standard, "valid e-mail address".
EMAIL = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
    r"(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*"
)
HANDLE = re.compile(r"[a-z0-9-]{3,30}")
HUE_COUNT = 6


class Member(Model):
    """A person with an account.

    `handle` is the name in the address of their profile. `place` is where they live. `zone` is
    their time zone. `name_folded` and `work_folded` (headline and company) are for search: in
    lower case, without accents; `name_words` and `work_words` have the words of both, see
    `searchable_name`. `language` is the first one of the browser they used last, "" if unknown;
    `hours` is "12", "24", or "" to use the clock of the language. `shares_reading` and
    `shares_presence` are privacy settings: read receipts and typing, and being shown as online.
    `reset_digest` is that of the token of a link with which they can set a new password.
    `deferred` columns are read on first access.
    """

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
    name_words: Mapped[str] = mapped_column(Text, deferred=True)
    work_words: Mapped[str] = mapped_column(Text, default="", deferred=True)
    zone: Mapped[str] = mapped_column(String(64))
    theme: Mapped[str] = mapped_column(String(5), default="")
    language: Mapped[str] = mapped_column(String(35), default="")
    hours: Mapped[str] = mapped_column(String(2), default="")
    is_admin: Mapped[bool] = mapped_column(default=False)
    shares_reading: Mapped[bool] = mapped_column(default=True)
    shares_presence: Mapped[bool] = mapped_column(default=True)
    slash_searches: Mapped[bool] = mapped_column(default=True)
    photo: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(deferred=True)
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    reset_digest: Mapped[str | None] = mapped_column(String(64), unique=True, deferred=True)
    reset_expires_at: Mapped[datetime | None] = mapped_column(deferred=True)

    @property
    def is_closed(self) -> bool:
        """Return whether an admin has closed the account."""
        return self.closed_at is not None

    @property
    def first_name(self) -> str:
        """Return the first word of the name, as a short form of address."""
        return next(iter(words(self.name)), self.name)

    @property
    def initials(self) -> str:
        """Return one or two letters to show if there is no photo.

        They begin the first word of the name, and the last word in the same script (Latin, Greek).
        """
        all_words = words(self.name) or [self.name]
        names = [word for word in all_words if word[0].isalnum()] or all_words
        same_script = [word for word in names if script(word[0]) == script(names[0][0])]
        return "".join(word[0] for word in dict.fromkeys([names[0], same_script[-1]])).upper()

    @property
    def hue(self) -> int:
        """Return the number, 1 to 6, of the colour behind the initials; it never changes."""
        return self.id % HUE_COUNT + 1

    @property
    def has_12_hours(self) -> bool:
        """Return whether times are shown as 2:02 PM instead of 14:02."""
        return self.hours == "12" if self.hours else uses_12_hours(self.language)

    def set_profile(
        self, *, name: str, headline: str, company: str, place: str, about: str
    ) -> None:
        """Set the profile, and with it the columns that search uses, such as `name_folded`."""
        self.name, self.headline, self.company = (
            one_line(name),
            one_line(headline),
            one_line(company),
        )
        self.place, self.about = one_line(place), about
        self.name_folded = fold(self.name)
        self.name_words = searchable_name(self.name)
        work = f"{self.headline} {self.company}"
        self.work_folded, self.work_words = fold(work), searchable_text(work)

    @staticmethod
    def photo_of_blob(blob: str) -> str:
        """Return the value of `photo` for the key of a stored file: the key without its size.

        A photo is stored as one file for each size.
        """
        return blob.rpartition("-")[0]

    @staticmethod
    def digest(token: str) -> str:
        """Return the SHA-256 of a token in hexadecimal, as `reset_digest` stores it."""
        return hashlib.sha256(token.encode()).hexdigest()

    @classmethod
    def by_reset_token(cls, token: str, now: datetime) -> Select[Self]:
        """Select the member who may set a new password with this token at `now`."""
        return select(cls).where(
            cls.reset_digest == cls.digest(token),
            cls.reset_expires_at > now,
            cls.closed_at.is_(None),
        )

    @classmethod
    def locked_admins(cls) -> Select[Self]:
        """Select the admins whose accounts are open, and lock their rows."""
        return (
            select(cls)
            .where(cls.is_admin.is_(True), cls.closed_at.is_(None))
            .order_by(cls.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )

    @classmethod
    def any_exists(cls) -> Select[bool]:
        """Select whether there is any member."""
        return select(exists().where(cls.id > 0))

    @classmethod
    def with_photos(cls, photos: Collection[str]) -> Select[str | None]:
        """Select the given values of `photo` that some member has, to find unused files."""
        return select(cls.photo).where(cls.photo.in_(photos))

    @staticmethod
    def normalize_email(text: str) -> str:
        """Return an e-mail address as it is stored: in lower case, without spaces around it."""
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
        """Return a handle made from a name: "Ana Ruiz" gives "ana-ruiz".

        It begins with "member" if fewer than 3 characters are left. It may be taken.
        """
        handle = re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")[:26].strip("-")
        return handle if len(handle) >= 3 else f"member-{handle}".strip("-")

    @classmethod
    def by_id(cls, member_id: int) -> Select[Self]:
        """Select the member with this id, even if their account is closed."""
        return select(cls).where(cls.id == member_id)

    @classmethod
    def by_email(cls, email: str) -> Select[Self]:
        """Select the member with this e-mail address, whatever its case and outer spaces."""
        return select(cls).where(cls.email == cls.normalize_email(email))

    @classmethod
    def all_by_email(cls) -> Select[Self]:
        """Select all members, ordered by e-mail address, including closed accounts."""
        return select(cls).order_by(cls.email)

    @classmethod
    def by_ids(cls, ids: Collection[int]) -> Select[Self]:
        """Select the members with these ids, in no certain order."""
        return select(cls).where(cls.id.in_(ids))

    @classmethod
    def by_handle(cls, handle: str) -> Select[Self]:
        """Select the member who has this handle now; see `OldHandle` for former ones."""
        return select(cls).where(cls.handle == handle)

    @classmethod
    def locked(cls, *ids: int) -> Select[Self]:
        """Select these members and lock their rows, always by id, which prevents deadlocks."""
        return (
            select(cls)
            .where(cls.id.in_(ids))
            .order_by(cls.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )


class OldHandle(Model):
    """A former handle of a member; until the time `until` its address redirects to them."""

    __tablename__ = "old_handles"

    handle: Mapped[str] = mapped_column(String(30), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    until: Mapped[datetime]

    @classmethod
    def current_member(cls, handle: str, now: datetime) -> Select[Member]:
        """Select the member to whom a former handle still redirects at `now`; else no row."""
        return (
            select(Member)
            .join(cls, cls.member_id == Member.id)
            .where(cls.handle == handle, cls.until > now)
        )
