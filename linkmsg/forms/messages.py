"""Forms that write to somebody."""

import secrets
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, TextAreaField
from wtforms.validators import ValidationError

from linkmsg.actions import attachments
from linkmsg.config import settings
from linkmsg.db import db
from linkmsg.forms import validators
from linkmsg.models import Attachment, Message
from linkmsg.web import auth, uploads
from linkmsg.web.csrf import is_token_checked


class MessageForm(FlaskForm):  # type: ignore[misc]
    """A message, with the name of this act of sending."""

    class Meta:
        """No token of its own: that of the request is looked at before it is made."""

        csrf = False

    body = TextAreaField("Write a message", filters=[validators.normalize_lines])
    nonce = HiddenField()
    revision = HiddenField()

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.attachment_keys: list[str] = []
        self.upload_error: uploads.UploadError | None = None

    @classmethod
    def from_request(cls) -> "MessageForm":
        """The form of this request, with the files that came with it and those uploaded before.

        Raises:
            CSRFError: it is not of this session.
        """
        arrived = uploads.receive_form()
        form = cls()
        keys = [*request.form.getlist("attachment"), *(each.key for each in arrived.files)]
        form.attachment_keys, form.upload_error = list(dict.fromkeys(keys)), arrived.error
        form.save_descriptions()
        return form

    def save_descriptions(self) -> None:
        """Keep what the form says of its images: without JavaScript it is the only way."""
        told = {
            key: request.form[f"alt-{key}"]
            for key in self.attachment_keys
            if f"alt-{key}" in request.form
        }
        for key, alt in told.items():
            attachments.describe(auth.viewer(), key, alt)

    @property
    def is_upload_only(self) -> bool:
        """Whether its files are to be kept for now, and nothing is sent yet."""
        return "upload" in request.form and self.upload_error is None

    @property
    def attachments(self) -> list[Attachment]:
        """The files that are to be sent with it, as far as they are the viewer's."""
        if not self.attachment_keys:
            return []
        mine = db.session.scalars(Attachment.unsent_of(auth.viewer(), self.attachment_keys))
        return sorted(mine, key=lambda each: self.attachment_keys.index(each.key))

    @property
    def content(self) -> tuple[str, str, list[str]]:
        """Return the text, the nonce and the keys of the attachments, as actions take them."""
        return self.body.data, self.nonce.data, self.attachment_keys

    @property
    def status(self) -> int:
        """How a form that is not sent is answered."""
        if self.is_upload_only:
            return 200
        return self.upload_error.status if self.upload_error else 422

    def validate(self, *given: Any, **more: Any) -> bool:
        """Whether it can be sent; a file that did not arrive is a reason why not.

        Nor can it without the token of this session, however it came here.
        """
        if self.is_upload_only:
            return False
        valid: bool = super().validate(*given, **more)
        if self.upload_error is not None:
            self.add_error(str(self.upload_error))
        return valid and self.upload_error is None and is_token_checked()

    def validate_body(self, field: Field) -> None:
        """What can't be a message says why."""
        carries = bool(self.attachment_keys) or self.upload_error is not None
        if error := Message.fault(field.data or "", carries=carries):
            raise ValidationError(error)

    def validate_nonce(self, field: Field) -> None:
        """A name that a page of ours has not made is refused, and the text comes back."""
        if not Message.is_nonce(field.data or ""):
            self.add_error("This page was not complete, so nothing was sent. Send it again.")
            raise ValidationError("not one of ours")

    def add_error(self, sentence: str) -> None:
        """Say what is wrong beside the text, which stays, under a new name of the act."""
        self.body.errors = [*self.body.errors, sentence]

    def page_revision(self) -> int:
        """The revision that the page holds; one that is no number counts as none."""
        raw = self.revision.data or ""
        return int(raw) if raw.isascii() and raw.isdecimal() and len(raw) < 19 else 0

    def with_new_nonce(self) -> "MessageForm":
        """This form with a new nonce, to be shown."""
        self.nonce.data = secrets.token_urlsafe(16)
        return self


def new_message_form(**data: Any) -> MessageForm:
    """An empty form, or one that holds a text already."""
    return MessageForm(formdata=None, **data).with_new_nonce()


class NoteForm(FlaskForm):  # type: ignore[misc]
    """The note of an invitation; what was written as a message comes back in it."""

    note = TextAreaField(
        "Add a note", filters=[validators.normalize_lines, validators.blank_to_empty]
    )

    def validate_note(self, field: Field) -> None:
        """At most so many characters."""
        validators.MultiLine(settings.note_max)(self, field)
