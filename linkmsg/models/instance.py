"""The instance, which one row marks as set up, and its invite links."""

from datetime import datetime
from typing import Self

from sqlalchemy import CheckConstraint, ForeignKey, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column

from linkmsg.db import Model
from linkmsg.models.member import Member


class Instance(Model):
    """This installation. The table has at most one row, so only one of two set-ups succeeds."""

    __tablename__ = "instance"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1, autoincrement=False)
    name: Mapped[str] = mapped_column(String(80))
    set_up_at: Mapped[datetime]


class InviteLink(Model):
    """A link that lets people sign up."""

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
        """Return `open`, or why the link is not valid: `revoked`, `expired` or `used`."""
        if self.revoked_at is not None:
            return "revoked"
        if self.expires_at <= now:
            return "expired"
        return "used" if self.max_uses is not None and self.uses >= self.max_uses else "open"

    @classmethod
    def with_creator(cls, link_id: int) -> Select[Self, Member]:
        """Return a link and its creator; no row if the creator's account is closed."""
        return (
            select(cls, Member)
            .join(Member, Member.id == cls.creator_id)
            .where(cls.id == link_id, Member.closed_at.is_(None))
        )

    @classmethod
    def newest(cls) -> Select[Self, Member]:
        """Return all links with their creators, newest first."""
        return select(cls, Member).join(Member, Member.id == cls.creator_id).order_by(cls.id.desc())

    @classmethod
    def locked(cls, link_id: int) -> Select[Self]:
        """Return a link, locked, so that concurrent sign-ups can't exceed its uses."""
        return (
            select(cls)
            .where(cls.id == link_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
