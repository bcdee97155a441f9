"""Invite links: their URLs, whose token is the signed id of the link, and who they invite.

The token is not stored: it is signed, so a page can show the URL again at any time.
"""

from dataclasses import dataclass
from datetime import datetime

from flask import current_app, url_for
from itsdangerous import BadSignature, URLSafeSerializer

from linkmsg import clock
from linkmsg.config import settings
from linkmsg.db import db
from linkmsg.models import InviteLink, Member


@dataclass(frozen=True)
class InviteLinkView:
    """An invite link as a page shows it: with its URL, creator and state."""

    link: InviteLink
    url: str
    creator: Member
    state: str

    @property
    def uses(self) -> int:
        """Return how many people have used it."""
        return self.link.uses

    @property
    def max_uses(self) -> int | None:
        """Return how many people can use it; None for any number."""
        return self.link.max_uses

    @property
    def expires_at(self) -> datetime:
        """Return when it expires."""
        return self.link.expires_at


def invite_url(link: InviteLink) -> str:
    """Return the absolute URL of an invite link."""
    token = _serializer().dumps(link.id)
    path = url_for("accounts.sign_up", invite=token)
    return f"{settings.base_url}{path}" if settings.base_url else _external_url(token)


def decode_link_id(token: str) -> int:
    """Return the id of the invite link that a token contains.

    Raises:
        BadSignature: The token was not signed by this server.
    """
    link_id = _serializer().loads(token)
    if not isinstance(link_id, int):
        raise BadSignature("an invite link holds a number")
    return link_id


def open_invite(token: str) -> tuple[InviteLink | None, Member | None]:
    """Return the open invite link of a token and its creator, or None for both."""
    if not token or settings.registration == "closed":
        return None, None
    try:
        row = db.session.execute(InviteLink.with_creator(decode_link_id(token))).one_or_none()
    except BadSignature:
        return None, None
    if row is None or row[0].state(clock.now()) != "open":
        return None, None
    return row[0], row[1]


def _external_url(token: str) -> str:
    return url_for("accounts.sign_up", invite=token, _external=True)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="invite-link")
