"""Invitations to connect; at most one is open between two members."""

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
    """Return the same day and time some calendar months earlier, or the last day of that month."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    for day in range(moment.day, 0, -1):
        try:
            return moment.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    raise AssertionError("a month has a first day")


def lapse_cutoff(now: datetime) -> datetime:
    """Return the time at or before which an invitation must have been sent to have lapsed."""
    return months_before(now, settings.invitation_life)


class Invitation(Model):
    """One member asks another to connect.

    It stays open (`closed_at` is null) until it is accepted, withdrawn, or closed as lapsed.
    An ignored invitation stays open: the inviter sees it as pending, the invitee no longer.
    `never_again` blocks further invitations from the same inviter.
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
        """Return whether it is neither closed nor lapsed."""
        return self.closed_at is None and self.sent_at > lapse_cutoff(now)

    def can_be_answered(self, now: datetime) -> bool:
        """Return whether the invitee can still answer it."""
        return self.is_open(now) and self.ignored_at is None

    def close(self, outcome: str, now: datetime) -> None:
        """Close it with an outcome: `accepted`, `withdrawn` or `lapsed`."""
        self.outcome, self.closed_at = outcome, now

    @classmethod
    def create(cls, inviter: Member, invitee: Member, note: str, now: datetime) -> Self:
        """Return a new invitation; the caller adds it to the session."""
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
        """Return the invitations that a member can answer, newest first."""
        received = cls._open_of(cls.invitee_id == member.id, cls.inviter_id, now)
        return received.where(cls.ignored_at.is_(None))

    @classmethod
    def sent_by(cls, member: Member, now: datetime) -> Select[Self]:
        """Return the pending invitations that a member sent, newest first, ignored ones too."""
        return cls._open_of(cls.inviter_id == member.id, cls.invitee_id, now)

    @classmethod
    def _open_of(
        cls, is_of_member: ColumnElement[bool], other_id: InstrumentedAttribute[int], now: datetime
    ) -> Select[Self]:
        return (
            select(cls)
            .join(Member, Member.id == other_id)
            .where(is_of_member, cls.closed_at.is_(None), cls.sent_at > lapse_cutoff(now))
            .where(Member.closed_at.is_(None))
            .order_by(cls.id.desc())
        )

    @classmethod
    def of_member(cls, member: Member, invitation_id: int) -> Select[Self]:
        """Return an invitation that a member sent or received, open or closed."""
        mine = (cls.inviter_id == member.id) | (cls.invitee_id == member.id)
        return select(cls).where(cls.id == invitation_id, mine)

    @classmethod
    def count_received_by(cls, member: Member, now: datetime) -> Select[int]:
        """Return how many invitations a member can answer."""
        return cls.received_by(member, now).order_by(None).with_only_columns(func.count())

    @classmethod
    def open_between(cls, one: int, other: int) -> Select[Self]:
        """Return the open invitation between two members, locked; it may have lapsed."""
        low, high = sorted((one, other))
        return (
            select(cls)
            .where(cls.low_id == low, cls.high_id == high, cls.closed_at.is_(None))
            .with_for_update()
            .execution_options(populate_existing=True)
        )

    @classmethod
    def is_blocked_from_inviting(cls, inviter_id: int, invitee_id: int) -> ColumnElement[bool]:
        """Return whether the invitee has blocked invitations from the inviter, as SQL."""
        return exists().where(
            cls.inviter_id == inviter_id, cls.invitee_id == invitee_id, cls.never_again.is_(True)
        )

    @classmethod
    def sent_times(cls, member: Member, since: datetime) -> Select[datetime]:
        """Return the times at which a member sent invitations after a time, oldest first."""
        return (
            select(cls.sent_at)
            .where(cls.inviter_id == member.id, cls.sent_at > since)
            .order_by(cls.sent_at)
        )


def end_of_withdrawal_wait(withdrawn_at: datetime | None, now: datetime) -> datetime | None:
    """Return when a member who withdrew an invitation may send a new one; None if now."""
    if withdrawn_at is None:
        return None
    end = withdrawn_at.astimezone(UTC) + timedelta(days=settings.withdrawn_wait)
    return end if end > now else None
