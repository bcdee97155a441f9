"""Invite a member to connect; the form is also shown when a message to them is not allowed."""

from flask import request, url_for
from flask.typing import ResponseReturnValue

from linkmsg import clock
from linkmsg.actions import invitations
from linkmsg.actions.errors import ActionRefused
from linkmsg.forms.messages import NoteForm
from linkmsg.models import Member, Relationship, RelationshipStatus
from linkmsg.models.common_ground import common_ground
from linkmsg.models.text import clean_lines
from linkmsg.web import auth, permissions, redirects
from linkmsg.web.responses import page, redirect_after_post


def connect(handle: str) -> ResponseReturnValue:
    """Show the form to invite a member to connect, and send the invitation.

    `next` is the page to go to afterwards; by default the profile of the member.
    """
    me, other = auth.viewer(), permissions.member_by_handle(handle)
    form = NoteForm()
    if not form.validate_on_submit():
        relationship = Relationship.between(me, other.id, clock.now())
        text = clean_lines(request.form.get("unsent_text", ""))
        return _page(relationship, form, 422 if form.errors else 200, unsent_text=text)
    sentence = _invite(me, other, form.note.data)
    next_page = request.form.get("next") or url_for("people.profile", handle=other.handle)
    return redirect_after_post(redirects.local_path(next_page), sentence)


def _invite(me: Member, other: Member, note: str) -> str:
    """Send an invitation, and return a sentence that says so.

    *Connect* on the first page of a new member is one click. A second click does nothing new.
    """
    connected = f"You and {other.first_name} are now connected."
    try:
        invitation = invitations.invite(me, other, note)
    except ActionRefused:
        status = Relationship.between(me, other.id, clock.now()).status
        if note or status not in {
            RelationshipStatus.CONNECTED,
            RelationshipStatus.INVITATION_SENT,
        }:
            raise
        return connected if status is RelationshipStatus.CONNECTED else "Invitation sent"
    return connected if invitation.outcome == "accepted" else "Invitation sent"


def instead_of_sending(relationship: Relationship, text: str) -> ResponseReturnValue:
    """Return the form to invite a member, with the text of a message that is not allowed."""
    return _page(relationship, NoteForm(formdata=None), 403, unsent_text=text)


def _page(
    relationship: Relationship, form: NoteForm, status: int = 200, unsent_text: str = ""
) -> ResponseReturnValue:
    return page(
        "people/connect.html",
        status,
        person=relationship.other,
        relationship=relationship,
        form=form,
        common_ground=common_ground(relationship),
        unsent_text=unsent_text,
    )
