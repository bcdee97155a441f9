"""Invite links, with which people sign up, and who signed up by each."""

from collections.abc import Collection
from datetime import datetime
from typing import Self

from sqlalchemy import ForeignKey, Select, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from linkmsg.db import Model
from linkmsg.models.member import Member


class InviteLink(Model):
    """A link with which people can sign up, up to `max_uses` times (None: no limit).

    If `connects` is true, whoever signs up by it is connected to its creator at once.
    """

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
    connects: Mapped[bool] = mapped_column(default=False)

    def state(self, creator: Member, now: datetime) -> str:
        """Return "open", or why nobody can sign up by it.

        "revoked", "expired" and "used" (up) are for good. It is "inactive" while its creator is
        not an administrator or is disabled.
        """
        if self.revoked_at is not None:
            return "revoked"
        if self.expires_at <= now:
            return "expired"
        if self.max_uses is not None and self.uses >= self.max_uses:
            return "used"
        return "open" if creator.is_admin and not creator.is_closed else "inactive"

    @classmethod
    def with_creator(cls, link_id: int) -> Select[Self, Member]:
        """Select a link and the member who made it."""
        return (
            select(cls, Member).join(Member, Member.id == cls.creator_id).where(cls.id == link_id)
        )

    @classmethod
    def newest(cls) -> Select[Self, Member]:
        """Select all links, each with the member who made it, newest first."""
        return select(cls, Member).join(Member, Member.id == cls.creator_id).order_by(cls.id.desc())

    @classmethod
    def open_of(cls, creator: Member, now: datetime) -> Select[Self]:
        """Select the links of a member with which people can sign up at `now`, newest first."""
        return (
            select(cls)
            .where(cls.creator_id == creator.id, cls.revoked_at.is_(None), cls.expires_at > now)
            .where(or_(cls.max_uses.is_(None), cls.uses < cls.max_uses))
            .order_by(cls.id.desc())
        )

    @classmethod
    def locked(cls, link_id: int) -> Select[Self]:
        """Select a link and lock its row, so that simultaneous sign-ups can't exceed its uses."""
        return (
            select(cls)
            .where(cls.id == link_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )


class InviteLinkUse(Model):
    """A member signed up by an invite link."""

    __tablename__ = "invite_link_uses"

    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True
    )
    link_id: Mapped[int] = mapped_column(
        ForeignKey("invite_links.id", ondelete="CASCADE"), index=True
    )

    @classmethod
    def inviter_id_of(cls, member: Member) -> Select[int]:
        """Select the id of the member by whose link a member signed up, if that account is open."""
        return (
            select(Member.id)
            .join(InviteLink, InviteLink.creator_id == Member.id)
            .join(cls, cls.link_id == InviteLink.id)
            .where(cls.member_id == member.id, Member.closed_at.is_(None))
        )

    @classmethod
    def member_ids(cls, link_id: int) -> Select[int]:
        """Select the ids of the members who signed up by a link."""
        return select(cls.member_id).where(cls.link_id == link_id)

    @classmethod
    def member_ids_invited_by(cls, creator: Member) -> Select[int]:
        """Select the ids of the members who signed up by any link of a member."""
        return (
            select(cls.member_id)
            .join(InviteLink, InviteLink.id == cls.link_id)
            .where(InviteLink.creator_id == creator.id)
        )

    @classmethod
    def newest_members(cls, link_ids: Collection[int], each: int) -> Select[int, Member]:
        """Select the last members who signed up by each link, newest first, with the link's id.

        There are at most `each` of a link.
        """
        number = func.row_number().over(partition_by=cls.link_id, order_by=cls.member_id.desc())
        numbered = (
            select(cls.link_id, cls.member_id, number.label("number"))
            .where(cls.link_id.in_(link_ids))
            .subquery()
        )
        return (
            select(numbered.c.link_id, Member)
            .join(Member, Member.id == numbered.c.member_id)
            .where(numbered.c.number <= each)
            .order_by(numbered.c.link_id, Member.id.desc())
        )
