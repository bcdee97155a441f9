"""Inviting somebody to connect: the form at her profile, and in place of a forbidden message."""

from flask import request, url_for
from flask.typing import ResponseReturnValue

from linkmsg import clock
from linkmsg.actions import invitations
from linkmsg.db import db
from linkmsg.forms.messages import NoteForm
from linkmsg.models import Connection, Relationship, RelationshipStatus
from linkmsg.models.text import clean_lines, fold
from linkmsg.web import auth, permissions
from linkmsg.web.responses import done, page


def connect(handle: str) -> ResponseReturnValue:
    """Invite a member, with a note if one likes."""
    me, other = auth.viewer(), permissions.person(handle)
    form = NoteForm()
    if not form.validate_on_submit():
        relationship = Relationship.between(me, other.id, clock.now())
        kept = clean_lines(request.form.get("kept", ""))
        return _page(relationship, form, 422 if form.errors else 200, kept=kept)
    invitation = invitations.invite(me, other, form.note.data)
    connected = invitation.outcome == "accepted"
    sentence = f"You and {other.first_name} are connected." if connected else "Invitation sent."
    return done(url_for("people.profile", handle=other.handle), sentence)


def instead_of_sending(relationship: Relationship, text: str) -> ResponseReturnValue:
    """What answers a message that may not be sent: the way that is open, and the text."""
    return _page(relationship, NoteForm(formdata=None), 403, kept=text)


def _page(
    relationship: Relationship, form: NoteForm, status: int = 200, kept: str = ""
) -> ResponseReturnValue:
    return page(
        "people/connect.html",
        status,
        person=relationship.other,
        relationship=relationship,
        form=form,
        common=common_ground(relationship),
        kept=kept,
    )


def common_ground(relationship: Relationship) -> list[str]:
    """What the two truly share, in sentences that a note could mention."""
    if relationship.status is not RelationshipStatus.NOT_CONNECTED:
        return []
    me, other = relationship.viewer, relationship.other
    shared = db.session.scalars(Connection.mutual_members(me.id, other.id).limit(3)).all()
    sentences = [f"You both know {each.name}." for each in shared]
    if me.company and fold(me.company) == fold(other.company):
        sentences.append(f"You both work at {other.company}.")
    if me.place and fold(me.place) == fold(other.place):
        sentences.append(f"You are both in {other.place}.")
    return sentences
