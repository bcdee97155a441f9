"""Lists of members and of invitations, as the member who looks at them (the viewer) sees them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sqlalchemy import ColumnElement, Select, case, func, literal, null, select
from sqlalchemy.orm import aliased

from linkmsg.db import db
from linkmsg.models.connection import Connection, Degree, count_mutual, degree_of
from linkmsg.models.invitation import Invitation, lapse_cutoff
from linkmsg.models.member import Member
from linkmsg.models.people_search import has_words, ranking, search_words

PAGE_SIZE = 20

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


def status_of(viewer: Member, member_id: ColumnElement[int], now: datetime) -> ColumnElement[str]:
    """Return an SQL expression: the `status` of a `PersonRow` for each row's member."""
    sent = select(Invitation.id).where(
        Invitation.inviter_id == viewer.id,
        Invitation.invitee_id == member_id,
        Invitation.closed_at.is_(None),
        Invitation.sent_at > lapse_cutoff(now),
    )
    received = select(Invitation.id).where(
        Invitation.invitee_id == viewer.id,
        Invitation.inviter_id == member_id,
        Invitation.closed_at.is_(None),
        Invitation.ignored_at.is_(None),
        Invitation.sent_at > lapse_cutoff(now),
    )
    mine = aliased(Connection)
    connected = select(mine.since).where(mine.member_id == viewer.id, mine.peer_id == member_id)
    return case(
        (member_id == viewer.id, "self"),
        (connected.exists(), "connected"),
        (sent.exists(), "invitation_sent"),
        (received.exists(), "invitation_received"),
        else_="",
    )


def _open_members(viewer: Member, now: datetime) -> PeopleQuery:
    return select(
        Member,
        degree_of(viewer.id, Member.id.expression),
        null(),
        count_mutual(viewer.id, Member.id.expression),
        status_of(viewer, Member.id.expression, now),
    ).where(Member.closed_at.is_(None))


def people_matching(viewer: Member, text: str, now: datetime) -> PeopleQuery:
    """Select the members whose name, headline or company contain every word of a text.

    The best matches come first (see `ranking`); without a text, those the fewest connections away.
    """
    words = search_words(text)
    nearest = degree_of(viewer.id, Member.id.expression)
    order = ranking(viewer.id, words) if words else [nearest]
    return (
        _open_members(viewer, now)
        .where(has_words(words))
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
        .where(has_words(search_words(text)))
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
