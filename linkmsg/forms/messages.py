"""The forms to write a message and an invitation note."""

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
from linkmsg.web.csrf import is_token_checked


class MessageForm(Form):  # type: ignore[misc]
    """A message with its files, and a nonce that makes it safe to send again.

    It has no CSRF token of its own: `receive_form` checks the token before it stores files.
    """

    body = TextAreaField("Write a message", filters=[validators.normalize_lines])
    nonce = HiddenField()
    revision = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.attachment_keys: list[str] = []
        self.upload_error: uploads.UploadError | None = None

    @classmethod
    def from_request(cls) -> "MessageForm":
        """Return the form of this request, with its files and those uploaded before.

        Files are stored as they arrive, so only the fields before the first one, the CSRF token
        and the nonce, are validated first: if one is invalid, no file is stored. The text may
        follow the files. If it is refused, its files stay stored, because browsers empty the
        file fields of a form that comes back.

        Raises:
            CSRFError: The form does not belong to this session.
        """
        arrived = uploads.receive_form(_has_valid_nonce)
        form = cls(request.form)
        keys = [*request.form.getlist("attachment"), *(file.key for file in arrived.files)]
        form.attachment_keys, form.upload_error = list(dict.fromkeys(keys)), arrived.error
        form.save_descriptions()
        return form

    def save_descriptions(self) -> None:
        """Save the descriptions of images in the form; without JavaScript they come only here."""
        descriptions = {
            key: request.form[f"alt-{key}"]
            for key in self.attachment_keys
            if f"alt-{key}" in request.form
        }
        for key, alt in descriptions.items():
            attachments.set_alt_text(auth.viewer(), key, alt)

    @property
    def is_upload_only(self) -> bool:
        """Return whether the form only uploads files, and sends nothing yet."""
        return "upload" in request.form and self.upload_error is None

    @property
    def attachments(self) -> list[Attachment]:
        """Return the files to send that are unsent uploads of the viewer, in their order."""
        if not self.attachment_keys:
            return []
        files = db.session.scalars(Attachment.unsent_of(auth.viewer(), self.attachment_keys))
        return sorted(files, key=lambda each: self.attachment_keys.index(each.key))

    @property
    def content(self) -> tuple[str, str, list[str]]:
        """Return the text, the nonce and the keys of the attachments, as actions take them."""
        return self.body.data, self.nonce.data, self.attachment_keys

    @property
    def status(self) -> int:
        """Return the HTTP status of the response if the form is not sent."""
        if self.is_upload_only:
            return 200
        return self.upload_error.status if self.upload_error else 422

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Return whether the message can be sent; it can't if a file was refused.

        It can't without a valid CSRF token either, even if a route forgets to check that.
        """
        if self.is_upload_only:
            return False
        valid: bool = super().validate(*args, **kwargs)
        if self.upload_error is not None:
            self.add_error(str(self.upload_error))
        return valid and self.upload_error is None and is_token_checked()

    def validate_body(self, field: Field) -> None:
        """Check the text."""
        has_files = bool(self.attachment_keys) or self.upload_error is not None
        if error := Message.validation_error(field.data or "", has_attachments=has_files):
            raise ValidationError(error)

    def validate_nonce(self, field: Field) -> None:
        """Check the nonce; the error is shown with the text, because the nonce is hidden."""
        if not Message.is_nonce(field.data or ""):
            if self.upload_error is None:
                self.add_error("This page was incomplete, so nothing was sent. Send it again.")
            raise ValidationError("invalid nonce")

    def add_error(self, sentence: str) -> None:
        """Add an error to the text field."""
        self.body.errors = [*self.body.errors, sentence]

    def page_revision(self) -> int:
        """Return the revision that the page has loaded; 0 if it is missing or invalid."""
        raw = self.revision.data or ""
        return int(raw) if raw.isascii() and raw.isdecimal() and len(raw) < 19 else 0

    def with_new_nonce(self) -> "MessageForm":
        """Return this form with a new nonce, to be shown again."""
        self.nonce.data = secrets.token_urlsafe(16)
        return self


def _has_valid_nonce(fields: uploads.Fields) -> bool:
    """Return whether the nonce is valid, or has not arrived yet."""
    return Message.is_nonce(fields.get("nonce", "")) or "nonce" not in fields


def new_message_form(**data: Any) -> MessageForm:
    """Return an empty form, or one with a text."""
    return MessageForm(formdata=None, **data).with_new_nonce()


class NoteForm(FlaskForm):  # type: ignore[misc]
    """The note of an invitation."""

    note = TextAreaField(
        "Add a note", filters=[validators.normalize_lines, validators.blank_to_empty]
    )

    def validate_note(self, field: Field) -> None:
        """Check the length, which is a setting."""
        validators.MultiLine(settings.note_max)(self, field)
