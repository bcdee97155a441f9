"""The first steps of a member, which the inbox shows while it has no conversations."""

from dataclasses import dataclass

from linkmsg import clock
from linkmsg.db import db
from linkmsg.models import InviteLink, InviteLinkUse, Member, Relationship
from linkmsg.models.people import PeoplePage, PersonRow, people_in
from linkmsg.web.invite_links import InviteLinkView, can_invite_people
from linkmsg.web.responses import instance_name

MOST_NEWCOMERS = 5


@dataclass(frozen=True)
class FirstSteps:
    """What a member can do who has no conversations yet.

    `can_invite` says whether they can make invite links, and `link` is the last one they made that
    still works. `newcomers` are the last members who joined by their links, and `more_newcomers`
    how many more did. `inviter` is how they stand to the member whose link they joined by.
    """

    place: str
    can_invite: bool
    link: InviteLinkView | None
    newcomers: list[PersonRow]
    more_newcomers: int
    inviter: Relationship | None

    @classmethod
    def of(cls, member: Member) -> "FirstSteps":
        """Return the first steps of a member."""
        can_invite = can_invite_people(member)
        invited = people_in(member, InviteLinkUse.member_ids_invited_by(member), clock.now())
        people = PeoplePage.page_of(invited, 1)
        return cls(
            instance_name(),
            can_invite,
            _working_link(member) if can_invite else None,
            people.rows[:MOST_NEWCOMERS],
            max(0, people.total - MOST_NEWCOMERS),
            _inviter(member),
        )


def _working_link(member: Member) -> InviteLinkView | None:
    link = db.session.scalars(InviteLink.open_of(member, clock.now()).limit(1)).first()
    return InviteLinkView.all_of([(link, member)])[0] if link else None


def _inviter(member: Member) -> Relationship | None:
    id = db.session.scalar(InviteLinkUse.inviter_id_of(member))
    return Relationship.between(member, id, clock.now()) if id else None
