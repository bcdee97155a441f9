"""The instance: the one row that says this place is set up, and the links that let people in."""

from datetime import datetime
from typing import Self

from sqlalchemy import CheckConstraint, ForeignKey, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column

from linkmsg.db import Model
from linkmsg.models.member import Member


class Instance(Model):
    """This place. There is one row at the most: two racing set-ups can't both write it."""

    __tablename__ = "instance"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1, autoincrement=False)
    name: Mapped[str] = mapped_column(String(80))
    set_up_at: Mapped[datetime]


class InviteLink(Model):
    """A link by which people who know it may sign up."""

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
        """`open`, or why it lets nobody in: `revoked`, `expired` or `used`."""
        if self.revoked_at is not None:
            return "revoked"
        if self.expires_at <= now:
            return "expired"
        return "used" if self.max_uses is not None and self.uses >= self.max_uses else "open"

    @classmethod
    def with_creator(cls, link_id: int) -> Select[Self, Member]:
        """The link and who made it; none once the account of who made it is closed."""
        return (
            select(cls, Member)
            .join(Member, Member.id == cls.creator_id)
            .where(cls.id == link_id, Member.closed_at.is_(None))
        )

    @classmethod
    def newest(cls) -> Select[Self, Member]:
        """All links and their makers, the newest first."""
        return select(cls, Member).join(Member, Member.id == cls.creator_id).order_by(cls.id.desc())

    @classmethod
    def locked(cls, link_id: int) -> Select[Self]:
        """The link, locked, so that one use can't be used twice."""
        return (
            select(cls)
            .where(cls.id == link_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
