"""Recent searches: the last texts that a member searched for, offered to them again."""

from datetime import datetime
from typing import Self

from sqlalchemy import ForeignKey, Select, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from linkmsg.db import Model
from linkmsg.models.member import Member

LIMIT = 8
MAX_LENGTH = 200


class RecentSearch(Model):
    """A text that a member searched for, stored once however often they searched for it."""

    __tablename__ = "recent_searches"
    __table_args__ = (UniqueConstraint("member_id", "text"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(String(MAX_LENGTH))
    searched_at: Mapped[datetime]

    @classmethod
    def of(cls, member: Member) -> Select[Self]:
        """Select the recent searches of a member, the newest first."""
        searches = select(cls).where(cls.member_id == member.id)
        return searches.order_by(cls.searched_at.desc(), cls.id.desc())
