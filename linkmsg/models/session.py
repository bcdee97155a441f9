"""Sessions of signed-in members: one row for each browser in which a member is signed in."""

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
from linkmsg.models.instance import Instance
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
    """A browser in which a member is signed in.

    The browser's cookie holds a random token; the database holds only its SHA-256, so nobody can
    sign in with a copy of the database. `address` is an IP address. `remember` makes the cookie
    outlive the closing of the browser.
    """

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
        """Return whether it is valid: not unused for too long (`session_idle`), not too old."""
        began_after, seen_after = self._bounds(now)
        return self.created_at > began_after and self.last_seen_at > seen_after

    @staticmethod
    def _bounds(now: datetime) -> tuple[datetime, datetime]:
        """Return two times: after them, a valid session must have begun, and been last used."""
        life, idle = timedelta(days=settings.session_life), timedelta(days=settings.session_idle)
        return now - life, now - idle

    def needs_last_seen_update(self, now: datetime) -> bool:
        """Return whether `last_seen_at` is 10 minutes old, so that each request need not write.

        Also if it is that far in the future, because the clock was set back since: the session
        would else be idle for longer than it may.
        """
        return abs(now - self.last_seen_at) >= LAST_SEEN_INTERVAL

    @property
    def device(self) -> str:
        """Return the browser and operating system, for example "Firefox on Windows".

        "Unknown device" if the User-Agent header tells neither.
        """
        names = [
            next((name for mark, name in marks.items() if re.search(mark, self.user_agent)), "")
            for marks in (BROWSERS, SYSTEMS)
        ]
        return " on ".join(name for name in names if name) or "Unknown device"

    @staticmethod
    def digest(token: str) -> str:
        """Return the SHA-256 of a token in hexadecimal, as `token_digest` stores it."""
        return hashlib.sha256(token.encode()).hexdigest()

    @classmethod
    def with_member(cls, token: str) -> tuple[Select[Self, Member, str, str | None], Values]:
        """Return a query, with its parameters, for the session of a token and its member.

        The third column is the snapshot's label: which state of the database the request reads
        (see `linkmsg.models.snapshot`). The fourth is the instance's name, for the navigation;
        None if it has none. No row if the member's account is closed.
        """
        return cls._with_member(), {"digest": cls.digest(token)}

    @classmethod
    @cache
    def _with_member(cls) -> Select[Self, Member, str, str | None]:
        name = select(Instance.name).scalar_subquery()
        return (
            select(cls, Member, SnapshotCounter.label(), name)
            .join(Member, Member.id == cls.member_id)
            .where(cls.token_digest == bindparam("digest", type_=String))
            .where(Member.closed_at.is_(None))
        )

    @classmethod
    def alive(cls, ids: Collection[int], now: datetime) -> Select[int]:
        """Select the ids, out of those given, of valid sessions of members with an open account.

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
        """Select all sessions of a member, also expired ones, the last used first."""
        return select(cls).where(cls.member_id == member.id).order_by(cls.last_seen_at.desc())
