"""Invitations to connect; between two members at most one is open (waits for an answer)."""

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
    """Return the same day and time some calendar months earlier.

    If that month has no such day, return its last day: 31 May minus 1 month is 30 April.
    """
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    for day in range(moment.day, 0, -1):
        try:
            return moment.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    raise AssertionError("a month has a first day")


def lapse_cutoff(now: datetime) -> datetime:
    """Return the time of sending at or before which an invitation has expired by `now`."""
    return months_before(now, settings.invitation_life)


class Invitation(Model):
    """One member, the inviter, asks another, the invitee, to connect.

    `closed_at` is None until it is accepted, withdrawn, or closed since it expired; `outcome` says
    which. An ignored invitation is not closed: the inviter still sees it as pending, the invitee
    no longer sees it. With `never_again`, later ones of the same inviter are ignored at once.
    `low_id` and `high_id` are the ids of the two, the lower first. `note_written` says whether
    the note was added to the conversation.
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
        """Return whether it is not accepted, withdrawn or expired; it may be an ignored one."""
        return self.closed_at is None and self.sent_at > lapse_cutoff(now)

    def can_be_answered(self, now: datetime) -> bool:
        """Return whether the invitee can still answer: it is open, and they have not ignored it."""
        return self.is_open(now) and self.ignored_at is None

    def close(self, outcome: str, now: datetime) -> None:
        """End the invitation; `outcome` is "accepted", "withdrawn" or "lapsed" (it expired)."""
        self.outcome, self.closed_at = outcome, now

    @classmethod
    def create(cls, inviter: Member, invitee: Member, note: str, now: datetime) -> Self:
        """Return a new invitation, sent at `now`; the caller adds it to the database session."""
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
        """Select the invitations to a member that they can still answer, newest first."""
        received = cls._open_of(cls.invitee_id == member.id, cls.inviter_id, now)
        return received.where(cls.ignored_at.is_(None))

    @classmethod
    def sent_by(cls, member: Member, now: datetime) -> Select[Self]:
        """Select the open invitations that a member sent, newest first, with the ignored ones."""
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
        """Select the invitation with this id, open or not, if the member sent or received it."""
        mine = (cls.inviter_id == member.id) | (cls.invitee_id == member.id)
        return select(cls).where(cls.id == invitation_id, mine)

    @classmethod
    def count_received_by(cls, member: Member, now: datetime) -> Select[int]:
        """Select the number of invitations to a member that they can still answer."""
        return cls.received_by(member, now).order_by(None).with_only_columns(func.count())

    @classmethod
    def open_between(cls, one: int, other: int) -> Select[Self]:
        """Select and lock the invitation between two members that is not accepted or withdrawn.

        It may have expired: the caller must check `is_open`. No row if there is none.
        """
        low, high = sorted((one, other))
        return (
            select(cls)
            .where(cls.low_id == low, cls.high_id == high, cls.closed_at.is_(None))
            .with_for_update()
            .execution_options(populate_existing=True)
        )

    @classmethod
    def is_blocked_from_inviting(cls, inviter_id: int, invitee_id: int) -> ColumnElement[bool]:
        """Return an SQL expression: whether the invitee blocked all invitations of the inviter."""
        return exists().where(
            cls.inviter_id == inviter_id, cls.invitee_id == invitee_id, cls.never_again.is_(True)
        )

    @classmethod
    def sent_times(cls, member: Member, now: datetime, period: timedelta) -> Select[datetime]:
        """Select when a member sent each of their invitations of the last period, oldest first.

        Those that seem to be from the near future count too: the clock was set back since.
        """
        is_recent = (cls.sent_at > now - period) & (cls.sent_at < now + period)
        return (
            select(cls.sent_at).where(cls.inviter_id == member.id, is_recent).order_by(cls.sent_at)
        )


def end_of_withdrawal_wait(withdrawn_at: datetime | None, now: datetime) -> datetime | None:
    """Return when one who withdrew an invitation may invite the same member again; None if now.

    A withdrawal that seems to be in the future, because the clock was set back since, prolongs
    the wait by nothing.
    """
    wait = timedelta(days=settings.withdrawn_wait)
    if withdrawn_at is None or abs(now - withdrawn_at) >= wait:
        return None
    return min(withdrawn_at, now).astimezone(UTC) + wait
