"""Registration: who may sign up."""

from sqlalchemy import select

from linkmsg.config import settings
from linkmsg.db import db
from linkmsg.models import Instance


def registration() -> str:
    """Return who may sign up: "open" (everybody), "invite" (by invite link) or "closed" (nobody).

    Admins choose it, unless LINKMSG_REGISTRATION is set.
    """
    return settings.registration or db.session.scalar(select(Instance.registration)) or "invite"
