"""Sessions: browsers in which a member is signed in."""

import hashlib
import re
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache
from typing import Self

from sqlalchemy import ForeignKey, Integer, Select, String, bindparam, exists, select
from sqlalchemy.orm import Mapped, mapped_column

from linkmsg.config import settings
from linkmsg.db import Model, Values
from linkmsg.models.member import Member
from linkmsg.models.snapshot import SnapshotCounter

LAST_SEEN_INTERVAL = timedelta(minutes=10)
BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "Chrome": "Chrome",
    "CriOS": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "Mac",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


class MemberSession(Model):
    """A signed-in browser. Its cookie holds a token; the database holds the token's digest only."""

    __tablename__ = "sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    remember: Mapped[bool]
    user_agent: Mapped[str] = mapped_column(String(255))
    address: Mapped[str] = mapped_column(String(64))

    def is_alive(self, now: datetime) -> bool:
        """Return whether it is still valid: neither idle for too long nor too old."""
        began_after, seen_after = self._bounds(now)
        return self.created_at > began_after and self.last_seen_at > seen_after

    @staticmethod
    def _bounds(now: datetime) -> tuple[datetime, datetime]:
        """Return the times after which a valid session must have begun and been last seen."""
        life, idle = timedelta(days=settings.session_life), timedelta(days=settings.session_idle)
        return now - life, now - idle

    def needs_last_seen_update(self, now: datetime) -> bool:
        """Return whether `last_seen_at` is old enough to be updated."""
        return now - self.last_seen_at >= LAST_SEEN_INTERVAL

    @property
    def device(self) -> str:
        """Return the browser and system of the user agent, for example "Firefox on Windows"."""
        names = [
            next((name for mark, name in marks.items() if re.search(mark, self.user_agent)), "")
            for marks in (BROWSERS, SYSTEMS)
        ]
        return " on ".join(name for name in names if name) or "Unknown device"

    @staticmethod
    def digest(token: str) -> str:
        """Return the SHA-256 of a token, in hexadecimal."""
        return hashlib.sha256(token.encode()).hexdigest()

    @classmethod
    def with_member(cls, token: str) -> tuple[Select[Self, Member, str], Values]:
        """Return the session of a token, its member and the label of the snapshot.

        No row if the member's account is closed.
        """
        return cls._with_member(), {"digest": cls.digest(token)}

    @classmethod
    @cache
    def _with_member(cls) -> Select[Self, Member, str]:
        return (
            select(cls, Member, SnapshotCounter.label())
            .join(Member, Member.id == cls.member_id)
            .where(cls.token_digest == bindparam("digest", type_=String))
            .where(Member.closed_at.is_(None))
        )

    @classmethod
    def alive(cls, ids: Collection[int], now: datetime) -> Select[int]:
        """Return the ids of those sessions that are valid and whose member's account is open.

        Not a join: SQLite would scan all sessions for each member (4,000 sessions: 1.6 s, not
        4 ms). The ids are literals: as bound parameters, thousands of them take twice as long.
        """
        began_after, seen_after = cls._bounds(now)
        is_open = exists().where(Member.id == cls.member_id, Member.closed_at.is_(None))
        literal_ids = bindparam("ids", sorted(ids), Integer, expanding=True, literal_execute=True)
        return select(cls.id).where(
            cls.id.in_(literal_ids),
            cls.created_at > began_after,
            cls.last_seen_at > seen_after,
            is_open,
        )

    @classmethod
    def of(cls, member: Member) -> Select[Self]:
        """Return all sessions of a member, the last used first."""
        return select(cls).where(cls.member_id == member.id).order_by(cls.last_seen_at.desc())
