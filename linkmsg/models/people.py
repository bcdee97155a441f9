"""Lists of members and of invitations, as the member who looks at them (the viewer) sees them."""

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
    """A member in a list, with what links them to the viewer.

    `degree` is how many connections away they are. `since` is when the two connected, read only
    for a list of connections. `mutual_count` is how many connections both have. `status` is
    "self", "connected", "invitation_sent", "invitation_received" or "" (none of these).
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
        """Build a row from the columns of a result row of a `PeopleQuery`."""
        return cls(member, Degree(degree), since, mutual_count, status)


@dataclass(frozen=True)
class PeoplePage:
    """One page of a list of people, and the number of people on all pages."""

    rows: list[PersonRow]
    total: int
    page: int

    @property
    def has_next(self) -> bool:
        """Return whether more people follow after this page."""
        return self.page * PAGE_SIZE < self.total

    @classmethod
    def page_of(cls, query: PeopleQuery, page: int) -> Self:
        """Run a query of this module and return one page of 20 people; the first page is 1."""
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
    """Return an SQL expression: whether a word of the name begins with `word`.

    `word` must be in lower case without accents, as `fold` returns it.
    """
    name = Member.name_folded
    return or_(name.startswith(word, autoescape=True), name.contains(f" {word}", autoescape=True))


def _rank(query: str, words: list[str]) -> ColumnElement[int]:
    """Return an SQL expression: how well a member's name matches, from 0 (best) to 4.

    0: the name equals the query. 1: it begins with it. 2: each word of the query begins a
    word of it. 3: it contains all these words. 4: some match only the headline or company.
    """
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
    """Select the members whose name, headline or company contain every word of a text.

    The best matches come first; with `nearest_first`, those the fewest connections away.
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
    """Select the connections of a member whose name, headline or company have all words of a text.

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
    """Select the members to whom both the viewer and another member are connected, by name."""
    shared = (
        Connection.mutual_members(viewer.id, other.id).order_by(None).with_only_columns(Member.id)
    )
    return (
        _open_members(viewer, now)
        .where(Member.id.in_(shared))
        .order_by(Member.name_folded, Member.id)
    )


def people_in(viewer: Member, member_ids: Select[int], now: datetime) -> PeopleQuery:
    """Select the members whose id is in a query, those who signed up last first."""
    return _open_members(viewer, now).where(Member.id.in_(member_ids)).order_by(Member.id.desc())


@dataclass(frozen=True)
class InvitationView:
    """An invitation as one of its two members, the viewer, sees it.

    `person` is the other one, `degree` how many connections away they are from the viewer, and
    `mutual_count` how many connections both have.
    """

    invitation: Invitation
    person: Member
    degree: Degree
    mutual_count: int

    def is_listed(self, viewer: Member, now: datetime) -> bool:
        """Return whether it belongs on the viewer's page of sent or received invitations."""
        if self.invitation.inviter_id == viewer.id:
            return self.invitation.is_open(now)
        return self.invitation.can_be_answered(now)

    @classmethod
    def all_of(
        cls, viewer: Member, invitations: Select[Invitation], limit: int = 100
    ) -> list[Self]:
        """Run a query of the viewer's invitations and return them in its order."""
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
