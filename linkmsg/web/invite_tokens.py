"""The token in an invite link: the link's id, signed, so that it can be shown again."""

from flask import current_app, url_for
from itsdangerous import BadSignature, URLSafeSerializer

from linkmsg.config import settings
from linkmsg.models import InviteLink


def address_of(link: InviteLink) -> str:
    """The whole address of an invite link."""
    token = _serializer().dumps(link.id)
    path = url_for("accounts.sign_up", invite=token)
    return f"{settings.base_url}{path}" if settings.base_url else _outside(token)


def link_id_in(token: str) -> int:
    """The id of the link that a token stands for.

    Raises:
        BadSignature: we have not made it.
    """
    link_id = _serializer().loads(token)
    if not isinstance(link_id, int):
        raise BadSignature("an invite link holds a number")
    return link_id


def _outside(token: str) -> str:
    return url_for("accounts.sign_up", invite=token, _external=True)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="invite-link")
