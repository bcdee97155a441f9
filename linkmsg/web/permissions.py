"""Access functions: each returns what the signed-in member may see, or answers with HTTP 404."""

from flask import abort

from linkmsg import clock
from linkmsg.db import db
from linkmsg.models import Attachment, Conversation, Member, OldHandle, Participation
from linkmsg.web.auth import viewer


def require_admin() -> Member:
    """Return the signed-in member; HTTP 404 if they are no admin."""
    if not viewer().is_admin:
        abort(404)
    return viewer()


def check_participation(conversation_id: int) -> None:
    """Abort with HTTP 404 if the signed-in member takes no part in the conversation."""
    if not Participation.is_participant(viewer().id, conversation_id):
        abort(404)


def my_participation(conversation_id: int) -> tuple[Participation, Conversation]:
    """Return the signed-in member's participation in a conversation, and the conversation.

    A participation tells how far its member has read. HTTP 404 if they take no part in it, or if
    there is no such conversation.
    """
    row = db.session.execute(*Participation.of(viewer(), conversation_id)).one_or_none()
    if row is None:
        abort(404)
    return row[0], row[1]


def attachment(key: str) -> Attachment:
    """Return the attachment with this key; HTTP 404 if the signed-in member may not see it.

    They may if it was sent in one of their conversations, or is an unsent upload of theirs.
    """
    file = db.session.scalars(Attachment.seen_by(viewer(), key)).one_or_none()
    if file is None:
        abort(404)
    return file


def member_by_id(member_id: int) -> Member:
    """Return a member, even if their account is closed, for an admin; HTTP 404 if there is none."""
    require_admin()
    member = db.session.scalars(Member.by_id(member_id)).one_or_none()
    if member is None:
        abort(404)
    return member


def member_by_handle(handle: str) -> Member:
    """Return the member with this handle, the name in a profile's URL.

    HTTP 404 if there is none, or if their account is closed.
    """
    if not Member.is_handle(handle):
        abort(404)
    member = db.session.scalars(Member.by_handle(handle)).one_or_none()
    if member is None or (member.is_closed and member.id != viewer().id):
        abort(404)
    return member


def member_by_old_handle(handle: str) -> Member | None:
    """Return the member whose profile had this handle in its URL until recently; None if none.

    Old URLs redirect to the new one for some time.
    """
    return db.session.scalars(OldHandle.current_member(handle, clock.now())).one_or_none()
