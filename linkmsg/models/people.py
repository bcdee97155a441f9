"""Lists of people, with the relationship of each member to the viewer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, null, or_, select
from sqlalchemy.orm import aliased

from linkmsg.db import db
from linkmsg.models.connection import Connection, Degree, count_mutual, degree_of
from linkmsg.models.invitation import Invitation, lapse_cutoff
from linkmsg.models.member import Member
from linkmsg.models.text import fold

PAGE_SIZE = 20
MAX_WORDS = 8

PeopleQuery = Select[Member, int, datetime | None, int, str]


@dataclass(frozen=True)
class PersonRow:
    """A member in a list of people.

    `since` is when they connected to the viewer. `status` is `self`, `connected`,
    `invitation_sent`, `invitation_received` or empty.
    """

    member: Member
    degree: Degree
    since: datetime | None
    mutual_count: int
    status: str

    @classmethod
    def of(
        cls, member: Member, degree: int, since: datetime | None, mutual_count: int, status: str
    ) -> Self:
        """Return the row of a result of `PeopleQuery`."""
        return cls(member, Degree(degree), since, mutual_count, status)


@dataclass(frozen=True)
class PeoplePage:
    """One page of a list of people, and the number of people on all pages."""

    rows: list[PersonRow]
    total: int
    page: int

    @property
    def has_next(self) -> bool:
        """Return whether there is another page."""
        return self.page * PAGE_SIZE < self.total

    @classmethod
    def page_of(cls, query: PeopleQuery, page: int) -> Self:
        """Return a page of a list; the first is 1."""
        count = select(func.count()).select_from(
            query.with_only_columns(Member.id).order_by(None).subquery()
        )
        rows = db.session.execute(query.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE))
        return cls([PersonRow.of(*row) for row in rows], db.session.scalar(count) or 0, page)


def _status(viewer: Member, now: datetime) -> ColumnElement[str]:
    sent = select(Invitation.id).where(
        Invitation.inviter_id == viewer.id,
        Invitation.invitee_id == Member.id,
        Invitation.closed_at.is_(None),
        Invitation.sent_at > lapse_cutoff(now),
    )
    received = select(Invitation.id).where(
        Invitation.invitee_id == viewer.id,
        Invitation.inviter_id == Member.id,
        Invitation.closed_at.is_(None),
        Invitation.ignored_at.is_(None),
        Invitation.sent_at > lapse_cutoff(now),
    )
    mine = aliased(Connection)
    connected = select(mine.since).where(mine.member_id == viewer.id, mine.peer_id == Member.id)
    return case(
        (Member.id == viewer.id, "self"),
        (connected.exists(), "connected"),
        (sent.exists(), "invitation_sent"),
        (received.exists(), "invitation_received"),
        else_="",
    )


def _contains_all(words: list[str]) -> list[ColumnElement[bool]]:
    return [
        or_(
            Member.name_folded.contains(word, autoescape=True),
            Member.work_folded.contains(word, autoescape=True),
        )
        for word in words
    ]


def has_name_prefix(word: str) -> ColumnElement[bool]:
    """Return whether a word of the folded name begins with this prefix, as SQL."""
    name = Member.name_folded
    return or_(name.startswith(word, autoescape=True), name.contains(f" {word}", autoescape=True))


def _rank(query: str, words: list[str]) -> ColumnElement[int]:
    """Rank by the name: equal, prefix, prefixes of its words, parts of it, and then the rest."""
    name = Member.name_folded
    return case(
        (name == query, 0),
        (name.startswith(query, autoescape=True), 1),
        (and_(True, *map(has_name_prefix, words)), 2),
        (and_(True, *(name.contains(word, autoescape=True) for word in words)), 3),
        else_=4,
    )


def _open_members(viewer: Member, now: datetime) -> PeopleQuery:
    return select(
        Member,
        degree_of(viewer.id, Member.id.expression),
        null(),
        count_mutual(viewer.id, Member.id.expression),
        _status(viewer, now),
    ).where(Member.closed_at.is_(None))


def people_matching(
    viewer: Member, text: str, now: datetime, *, nearest_first: bool = False
) -> PeopleQuery:
    """Return the members whose name, headline or company contain every word of a text.

    The best matches come first, or the nearest degrees with `nearest_first`.
    """
    query = fold(text)
    words = query.split()[:MAX_WORDS]
    best, nearest = _rank(query, words), degree_of(viewer.id, Member.id.expression)
    order = [nearest, best] if nearest_first else [best, nearest]
    return (
        _open_members(viewer, now)
        .where(*_contains_all(words))
        .order_by(*order, Member.name_folded, Member.id)
    )


def connections_of(viewer: Member, text: str, sort: str) -> PeopleQuery:
    """Return a member's connections that match every word of a text.

    Ordered by name if `sort` is `name`, else newest first.
    """
    order = [Member.name_folded] if sort == "name" else [Connection.since.desc()]
    return (
        select(
            Member,
            literal(int(Degree.FIRST)),
            Connection.since,
            count_mutual(viewer.id, Member.id.expression),
            literal("connected"),
        )
        .join(Connection, Connection.peer_id == Member.id)
        .where(Connection.member_id == viewer.id, Member.closed_at.is_(None))
        .where(*_contains_all(fold(text).split()[:MAX_WORDS]))
        .order_by(*order, Member.id)
    )


def mutual_with(viewer: Member, other: Member, now: datetime) -> PeopleQuery:
    """Return the mutual connections of a viewer and another member, by name."""
    shared = (
        Connection.mutual_members(viewer.id, other.id).order_by(None).with_only_columns(Member.id)
    )
    return (
        _open_members(viewer, now)
        .where(Member.id.in_(shared))
        .order_by(Member.name_folded, Member.id)
    )


@dataclass(frozen=True)
class InvitationView:
    """An invitation as one of the two members sees it; `person` is the other one."""

    invitation: Invitation
    person: Member
    degree: Degree
    mutual_count: int

    def is_listed(self, viewer: Member, now: datetime) -> bool:
        """Return whether the viewer's page of received or sent invitations lists it."""
        if self.invitation.inviter_id == viewer.id:
            return self.invitation.is_open(now)
        return self.invitation.can_be_answered(now)

    @classmethod
    def all_of(
        cls, viewer: Member, invitations: Select[Invitation], limit: int = 100
    ) -> list[Self]:
        """Return the viewer's views of these invitations."""
        other = case(
            (Invitation.inviter_id == viewer.id, Invitation.invitee_id),
            else_=Invitation.inviter_id,
        )
        person = aliased(Member)
        rows = invitations.add_columns(
            person,
            degree_of(viewer.id, person.id.expression),
            count_mutual(viewer.id, person.id.expression),
        ).join(person, person.id == other)
        return [
            cls(invitation, who, Degree(degree), mutual_count)
            for invitation, who, degree, mutual_count in db.session.execute(rows.limit(limit))
        ]
