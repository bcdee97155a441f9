"""An invitation to connect: at most one is open between two members."""

from datetime import UTC, datetime, timedelta
from typing import Self

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    exists,
    func,
    select,
    text,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from linkmsg.config import settings
from linkmsg.db import Model
from linkmsg.models.member import Member


def months_before(moment: datetime, months: int) -> datetime:
    """The same day and time so many calendar months ago, or the last day of that month."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    for day in range(moment.day, 0, -1):
        try:
            return moment.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    raise AssertionError("a month has a first day")


def lapse_cutoff(now: datetime) -> datetime:
    """What was sent at this moment or before has lapsed."""
    return months_before(now, settings.invitation_life)


class Invitation(Model):
    """One member asks another to connect.

    It stays open (`closed_at` is empty) until it is accepted or withdrawn, or found to
    have lapsed. Ignoring it is silent: it stays open, and only the invitee sees it go.
    """

    __tablename__ = "invitations"
    __table_args__ = (
        Index(
            "uq_invitations_open_pair",
            "low_id",
            "high_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    inviter_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), index=True
    )
    invitee_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), index=True
    )
    low_id: Mapped[int]
    high_id: Mapped[int]
    note: Mapped[str] = mapped_column(String(8000), default="")
    note_written: Mapped[bool] = mapped_column(default=False)
    sent_at: Mapped[datetime]
    replied_at: Mapped[datetime | None]
    ignored_at: Mapped[datetime | None]
    never_again: Mapped[bool] = mapped_column(default=False)
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(10), default="")

    def is_open(self, now: datetime) -> bool:
        """Whether the inviter is still waiting: nothing closed it, and it has not lapsed."""
        return self.closed_at is None and self.sent_at > lapse_cutoff(now)

    def can_be_answered(self, now: datetime) -> bool:
        """Whether the invitee can still answer it."""
        return self.is_open(now) and self.ignored_at is None

    def close(self, outcome: str, now: datetime) -> None:
        """End it: `accepted`, `withdrawn` or `lapsed`."""
        self.outcome, self.closed_at = outcome, now

    @classmethod
    def create(cls, inviter: Member, invitee: Member, note: str, now: datetime) -> Self:
        """A new invitation, not yet written."""
        low, high = sorted((inviter.id, invitee.id))
        return cls(
            inviter_id=inviter.id,
            invitee_id=invitee.id,
            low_id=low,
            high_id=high,
            note=note,
            note_written=False,
            sent_at=now,
            never_again=False,
            outcome="",
        )

    @classmethod
    def received_by(cls, member: Member, now: datetime) -> Select[Self]:
        """What this member can answer, the newest first."""
        waiting = cls._open_of(cls.invitee_id == member.id, cls.inviter_id, now)
        return waiting.where(cls.ignored_at.is_(None))

    @classmethod
    def sent_by(cls, member: Member, now: datetime) -> Select[Self]:
        """What this member waits for, the newest first; she never learns what was ignored."""
        return cls._open_of(cls.inviter_id == member.id, cls.invitee_id, now)

    @classmethod
    def _open_of(
        cls, hers: ColumnElement[bool], other_id: InstrumentedAttribute[int], now: datetime
    ) -> Select[Self]:
        return (
            select(cls)
            .join(Member, Member.id == other_id)
            .where(hers, cls.closed_at.is_(None), cls.sent_at > lapse_cutoff(now))
            .where(Member.closed_at.is_(None))
            .order_by(cls.id.desc())
        )

    @classmethod
    def of_member(cls, member: Member, invitation_id: int) -> Select[Self]:
        """An invitation that this member has sent or received, whatever became of it."""
        mine = (cls.inviter_id == member.id) | (cls.invitee_id == member.id)
        return select(cls).where(cls.id == invitation_id, mine)

    @classmethod
    def count_received_by(cls, member: Member, now: datetime) -> Select[int]:
        """How many invitations wait for this member's answer."""
        return cls.received_by(member, now).order_by(None).with_only_columns(func.count())

    @classmethod
    def open_between(cls, one: int, other: int) -> Select[Self]:
        """The row that is open between two members; it may have lapsed."""
        low, high = sorted((one, other))
        return (
            select(cls)
            .where(cls.low_id == low, cls.high_id == high, cls.closed_at.is_(None))
            .with_for_update()
            .execution_options(populate_existing=True)
        )

    @classmethod
    def is_blocked_from_inviting(cls, inviter_id: int, invitee_id: int) -> ColumnElement[bool]:
        """Whether the invitee wants no more invitations of this inviter, as SQL."""
        return exists().where(
            cls.inviter_id == inviter_id, cls.invitee_id == invitee_id, cls.never_again.is_(True)
        )

    @classmethod
    def sent_times(cls, member: Member, since: datetime) -> Select[datetime]:
        """When a member has sent invitations after a moment, the oldest first."""
        return (
            select(cls.sent_at)
            .where(cls.inviter_id == member.id, cls.sent_at > since)
            .order_by(cls.sent_at)
        )


def end_of_withdrawal_wait(withdrawn_at: datetime | None, now: datetime) -> datetime | None:
    """When one who has withdrawn may invite the same person again; None if she may now."""
    if withdrawn_at is None:
        return None
    again = withdrawn_at.astimezone(UTC) + timedelta(days=settings.withdrawn_wait)
    return again if again > now else None
