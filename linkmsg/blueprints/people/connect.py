"""Invite a member to connect; the form is also shown when a message to them is not allowed."""

from flask import request, url_for
from flask.typing import ResponseReturnValue

from linkmsg import clock
from linkmsg.actions import invitations
from linkmsg.forms.messages import NoteForm
from linkmsg.models import Relationship
from linkmsg.models.common_ground import common_ground
from linkmsg.models.text import clean_lines
from linkmsg.web import auth, permissions
from linkmsg.web.responses import page, redirect_after_post


def connect(handle: str) -> ResponseReturnValue:
    """Show the form to invite a member to connect, and send the invitation."""
    me, other = auth.viewer(), permissions.member_by_handle(handle)
    form = NoteForm()
    if not form.validate_on_submit():
        relationship = Relationship.between(me, other.id, clock.now())
        text = clean_lines(request.form.get("unsent_text", ""))
        return _page(relationship, form, 422 if form.errors else 200, unsent_text=text)
    invitation = invitations.invite(me, other, form.note.data)
    connected = invitation.outcome == "accepted"
    sentence = f"You and {other.first_name} are now connected." if connected else "Invitation sent"
    return redirect_after_post(url_for("people.profile", handle=other.handle), sentence)


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
