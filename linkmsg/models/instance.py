"""The instance (this installation of linkmsg) and the invite links with which people sign up."""

from datetime import datetime
from typing import Self

from sqlalchemy import CheckConstraint, ForeignKey, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column

from linkmsg.db import Model
from linkmsg.models.member import Member


class Instance(Model):
    """This installation. Its one row is inserted at set-up, when the first admin is created.

    The table can have one row only, so if two people set up at once, only one succeeds.
    `registration` is who may sign up ("open", "invite", "closed") unless a setting says it.
    """

    __tablename__ = "instance"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1, autoincrement=False)
    name: Mapped[str] = mapped_column(String(80))
    set_up_at: Mapped[datetime]
    registration: Mapped[str] = mapped_column(String(6), default="invite")


class InviteLink(Model):
    """A link with which people can sign up, up to `max_uses` times (None: no limit)."""

    __tablename__ = "invite_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    creator_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    max_uses: Mapped[int | None]
    uses: Mapped[int] = mapped_column(default=0)
    revoked_at: Mapped[datetime | None]

    def state(self, now: datetime) -> str:
        """Return "open", or why it can't be used any more: "revoked", "expired" or "used" (up)."""
        if self.revoked_at is not None:
            return "revoked"
        if self.expires_at <= now:
            return "expired"
        return "used" if self.max_uses is not None and self.uses >= self.max_uses else "open"

    @classmethod
    def with_creator(cls, link_id: int) -> Select[Self, Member]:
        """Select a link and the admin who made it; no row if that account is closed."""
        return (
            select(cls, Member)
            .join(Member, Member.id == cls.creator_id)
            .where(cls.id == link_id, Member.closed_at.is_(None))
        )

    @classmethod
    def newest(cls) -> Select[Self, Member]:
        """Select all links, each with the admin who made it, newest first."""
        return select(cls, Member).join(Member, Member.id == cls.creator_id).order_by(cls.id.desc())

    @classmethod
    def locked(cls, link_id: int) -> Select[Self]:
        """Select a link and lock its row, so that simultaneous sign-ups can't exceed its uses."""
        return (
            select(cls)
            .where(cls.id == link_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
