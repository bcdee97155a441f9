"""Forms that write to somebody."""

import secrets
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import Field, Form, HiddenField, TextAreaField
from wtforms.validators import ValidationError

from linkmsg.actions import attachments
from linkmsg.config import settings
from linkmsg.db import db
from linkmsg.forms import validators
from linkmsg.models import Attachment, Message
from linkmsg.web import auth, uploads
from linkmsg.web.csrf import is_checked


class MessageForm(Form):  # type: ignore[misc]
    """A message, with the name of this act of sending.

    It has no token of its own: that of the request is looked at before it is made.
    """

    body = TextAreaField("Write a message", filters=[validators.lines])
    nonce = HiddenField()
    revision = HiddenField()

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.keys: list[str] = []
        self.fault: uploads.Fault | None = None

    @classmethod
    def received(cls) -> "MessageForm":
        """The form of this request, with the files that came with it and those uploaded before.

        Raises:
            CSRFError: it is not of this session.
        """
        arrived = uploads.receive()
        form = cls(request.form)
        keys = [*request.form.getlist("attachment"), *(each.key for each in arrived.files)]
        form.keys, form.fault = list(dict.fromkeys(keys)), arrived.fault
        form.describe()
        return form

    def describe(self) -> None:
        """Keep what the form says of its images: without JavaScript it is the only way."""
        told = {
            key: request.form[f"alt-{key}"] for key in self.keys if f"alt-{key}" in request.form
        }
        for key, alt in told.items():
            attachments.set_alt_text(auth.viewer(), key, alt)

    @property
    def only_uploads(self) -> bool:
        """Whether its files are to be kept for now, and nothing is sent yet."""
        return "upload" in request.form and self.fault is None

    @property
    def attached(self) -> list[Attachment]:
        """The files that are to be sent with it, as far as they are the viewer's."""
        if not self.keys:
            return []
        mine = db.session.scalars(Attachment.unsent_of(auth.viewer(), self.keys))
        return sorted(mine, key=lambda each: self.keys.index(each.key))

    @property
    def status(self) -> int:
        """How a form that is not sent is answered."""
        if self.only_uploads:
            return 200
        return self.fault.status if self.fault else 422

    def validate(self, *given: Any, **more: Any) -> bool:
        """Whether it can be sent; a file that did not arrive is a reason why not.

        Nor can it without the token of this session, however it came here.
        """
        if self.only_uploads:
            return False
        valid: bool = super().validate(*given, **more)
        if self.fault is not None:
            self.give_back(str(self.fault))
        return valid and self.fault is None and is_checked()

    def validate_body(self, field: Field) -> None:
        """What can't be a message says why."""
        carries = bool(self.keys) or self.fault is not None
        if fault := Message.validation_error(field.data or "", has_attachments=carries):
            raise ValidationError(fault)

    def validate_nonce(self, field: Field) -> None:
        """A name that a page of ours has not made is refused, and the text comes back."""
        if not Message.is_nonce(field.data or ""):
            self.give_back("This page was not complete, so nothing was sent. Send it again.")
            raise ValidationError("not one of ours")

    def give_back(self, sentence: str) -> None:
        """Say what is wrong beside the text, which stays, under a new name of the act."""
        self.body.errors = [*self.body.errors, sentence]

    def held_revision(self) -> int:
        """The revision that the page holds; one that is no number counts as none."""
        raw = self.revision.data or ""
        return int(raw) if raw.isascii() and raw.isdecimal() and len(raw) < 19 else 0

    def renewed(self) -> "MessageForm":
        """This form with a new nonce, to be shown."""
        self.nonce.data = secrets.token_urlsafe(16)
        return self


def new_message(**data: Any) -> MessageForm:
    """An empty form, or one that holds a text already."""
    return MessageForm(formdata=None, **data).renewed()


class NoteForm(FlaskForm):  # type: ignore[misc]
    """The note of an invitation; what was written as a message comes back in it."""

    note = TextAreaField("Add a note", filters=[validators.lines, validators.seen])

    def validate_note(self, field: Field) -> None:
        """At most so many characters."""
        validators.MultiLine(settings.note_max)(self, field)
