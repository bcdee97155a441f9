"""Invite links, which let people sign up: their URLs, and the check of the token in a URL.

The token is the id of the link with a signature. It is computed, not stored, so a page can show
the URL again at any time.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from flask import current_app, session
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import Row

from linkmsg import clock
from linkmsg.db import db
from linkmsg.models import InviteLink, InviteLinkUse, Member
from linkmsg.web.registration import registration
from linkmsg.web.site_address import external_url

KEPT = "invite"
# How many of those who signed up by a link the list of links names.
NAMED = 3


@dataclass(frozen=True)
class InviteLinkView:
    """An invite link as a page shows it, with its URL and the member who created it.

    `state` is `open` if people can sign up with it (see `InviteLink.state`). `joined` are the last
    members who signed up by it, newest first, at most NAMED.
    """

    link: InviteLink
    url: str
    creator: Member
    state: str
    joined: list[Member] = field(default_factory=list)

    @classmethod
    def all_of(
        cls, links: Iterable[Row[InviteLink, Member] | tuple[InviteLink, Member]]
    ) -> list["InviteLinkView"]:
        """Return a view of each link, in the same order."""
        now, pairs = clock.now(), list(links)
        joined = defaultdict[int, list[Member]](list)
        newest = InviteLinkUse.newest_members([link.id for link, _ in pairs], NAMED)
        for link_id, member in db.session.execute(newest):
            joined[link_id].append(member)
        return [
            cls(link, invite_url(link), creator, link.state(creator, now), joined[link.id])
            for link, creator in pairs
        ]

    @property
    def connects(self) -> bool:
        """Return whether everyone who signs up by it is connected to its creator at once."""
        return self.link.connects

    @property
    def uses(self) -> int:
        """Return how many people have signed up with the link."""
        return self.link.uses

    @property
    def max_uses(self) -> int | None:
        """Return how many people can sign up with the link; None for any number."""
        return self.link.max_uses

    @property
    def expires_at(self) -> datetime:
        """Return the time from which the link no longer works."""
        return self.link.expires_at


def can_invite_people(member: Member) -> bool:
    """Return whether a member may make invite links, and whether people can sign up with them."""
    return member.is_admin and registration() != "closed"


def invite_url(link: InviteLink) -> str:
    """Return the absolute URL of the sign-up page with the token of an invite link."""
    return external_url("accounts.sign_up", invite=_serializer().dumps(link.id))


def decode_link_id(token: str) -> int:
    """Return the id of the invite link that a token contains; there may be no such link.

    Raises:
        BadSignature: The token was not signed by this server.
    """
    link_id = _serializer().loads(token)
    if not isinstance(link_id, int):
        raise BadSignature("an invite link holds a number")
    return link_id


def kept_invite() -> str:
    """Return the token of the invite link that was opened last in this browser; "" if none."""
    return str(session.get(KEPT, ""))


def open_invite(token: str) -> tuple[InviteLink | None, Member | None]:
    """Return the invite link of a token and the member who created it; None for both if invalid.

    It is invalid if the link is unknown or not open, and if registration is closed.
    """
    if not token or registration() == "closed":
        return None, None
    try:
        row = db.session.execute(InviteLink.with_creator(decode_link_id(token))).one_or_none()
    except BadSignature:
        return None, None
    if row is None or row[0].state(row[1], clock.now()) != "open":
        return None, None
    return row[0], row[1]


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="invite-link")
