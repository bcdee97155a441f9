"""Permissions: what the signed-in member may see; anything else answers 404."""

from flask import abort

from linkmsg import clock
from linkmsg.db import db
from linkmsg.models import Attachment, Conversation, Member, OldHandle, Participation
from linkmsg.web.auth import viewer


def admin() -> Member:
    """The member who is asking, if she is an admin; to all others there is nothing here."""
    if not viewer().is_admin:
        abort(404)
    return viewer()


def check_participation(conversation_id: int) -> None:
    """Check that the viewer takes part in a conversation; else answer 404."""
    if not Participation.is_participant(viewer().id, conversation_id):
        abort(404)


def my_participation(conversation_id: int) -> tuple[Participation, Conversation]:
    """My part in a conversation; one that is not mine does not exist."""
    found = db.session.execute(*Participation.of(viewer(), conversation_id)).one_or_none()
    if found is None:
        abort(404)
    return found[0], found[1]


def attachment(key: str) -> Attachment:
    """A file that is the viewer's to send, or was sent where she takes part; else there is none."""
    found = db.session.scalars(Attachment.seen_by(viewer(), key)).one_or_none()
    if found is None:
        abort(404)
    return found


def person(handle: str) -> Member:
    """The member with this handle; one whose account is closed does not exist."""
    if not Member.is_handle(handle):
        abort(404)
    member = db.session.scalars(Member.by_handle(handle)).one_or_none()
    if member is None or (member.is_closed and member.id != viewer().id):
        abort(404)
    return member


def renamed(handle: str) -> Member | None:
    """The member who had this handle until lately."""
    return db.session.scalars(OldHandle.current_member(handle, clock.now())).one_or_none()
