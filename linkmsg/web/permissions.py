"""Access functions: each returns what the signed-in member may see, and answers 404 otherwise."""

from flask import abort

from linkmsg import clock
from linkmsg.db import db
from linkmsg.models import Attachment, Conversation, Member, OldHandle, Participation
from linkmsg.web.auth import viewer


def require_admin() -> Member:
    """Return the member who makes this request; 404 unless they are an admin."""
    if not viewer().is_admin:
        abort(404)
    return viewer()


def check_participation(conversation_id: int) -> None:
    """Check that the viewer takes part in a conversation; else answer 404."""
    if not Participation.is_participant(viewer().id, conversation_id):
        abort(404)


def my_participation(conversation_id: int) -> tuple[Participation, Conversation]:
    """Return the viewer's participation and its conversation; 404 if they take no part in it."""
    row = db.session.execute(*Participation.of(viewer(), conversation_id)).one_or_none()
    if row is None:
        abort(404)
    return row[0], row[1]


def attachment(key: str) -> Attachment:
    """Return a file the viewer uploaded, or one sent in a conversation of theirs; else 404."""
    file = db.session.scalars(Attachment.seen_by(viewer(), key)).one_or_none()
    if file is None:
        abort(404)
    return file


def member_by_handle(handle: str) -> Member:
    """Return the member with a handle; 404 if there is none or their account is closed."""
    if not Member.is_handle(handle):
        abort(404)
    member = db.session.scalars(Member.by_handle(handle)).one_or_none()
    if member is None or (member.is_closed and member.id != viewer().id):
        abort(404)
    return member


def member_by_old_handle(handle: str) -> Member | None:
    """Return the member who had a handle until recently, or None."""
    return db.session.scalars(OldHandle.current_member(handle, clock.now())).one_or_none()
