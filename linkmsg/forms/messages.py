"""The forms to write a message, and the note of an invitation to connect."""

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
    """A message with its files, and a nonce: a random id, so that a repeated send counts once.

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

        Files are stored as they arrive, so only the CSRF token and the nonce, which come before
        them, are checked first: if one is invalid, no file is stored. The text may come after the
        files. If the text is invalid, the files stay stored, because browsers empty the file
        fields of a form that is shown again.

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
        """Save the alternative texts of the form's images, from the fields `alt-<key>`.

        A script saves them earlier; without JavaScript they arrive only with the form.
        """
        descriptions = {
            key: request.form[f"alt-{key}"]
            for key in self.attachment_keys
            if f"alt-{key}" in request.form
        }
        for key, alt in descriptions.items():
            attachments.set_alt_text(auth.viewer(), key, alt)

    @property
    def is_upload_only(self) -> bool:
        """Return whether the form was submitted to upload its files, not to send the message."""
        return "upload" in request.form and self.upload_error is None

    @property
    def attachments(self) -> list[Attachment]:
        """Return the attachments to send, in the form's order.

        Keys that are not of unsent uploads of the signed-in member are left out.
        """
        if not self.attachment_keys:
            return []
        files = db.session.scalars(Attachment.unsent_of(auth.viewer(), self.attachment_keys))
        return sorted(files, key=lambda each: self.attachment_keys.index(each.key))

    @property
    def content(self) -> tuple[str, str, list[str]]:
        """Return (text, nonce, attachment keys), the last arguments of the actions that send."""
        return self.body.data, self.nonce.data, self.attachment_keys

    @property
    def status(self) -> int:
        """Return the HTTP status for showing the form again, if the message is not sent.

        It is 200 if files were only uploaded, that of the upload error if there is one, else 422.
        """
        if self.is_upload_only:
            return 200
        return self.upload_error.status if self.upload_error else 422

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Return whether the message can be sent; errors are added to the text field.

        It can't be sent if a file was refused, if files are only uploaded, or without a checked
        CSRF token, even if a route forgets to check that.
        """
        if self.is_upload_only:
            return False
        valid: bool = super().validate(*args, **kwargs)
        if self.upload_error is not None:
            self.add_error(str(self.upload_error))
        return valid and self.upload_error is None and is_token_checked()

    def validate_body(self, field: Field) -> None:
        """Raise ValidationError if the text is too long, has control characters, or is missing."""
        has_files = bool(self.attachment_keys) or self.upload_error is not None
        if error := Message.validation_error(field.data or "", has_attachments=has_files):
            raise ValidationError(error)

    def validate_nonce(self, field: Field) -> None:
        """Raise ValidationError if the nonce, the form's random id, is malformed.

        The member sees the error at the text field, because the nonce field is hidden.
        """
        if not Message.is_nonce(field.data or ""):
            if self.upload_error is None:
                self.add_error("The page didn’t load completely, so nothing was sent. Try again.")
            raise ValidationError("invalid nonce")

    def add_error(self, sentence: str) -> None:
        """Add an error, which is a sentence, to those shown at the text field."""
        self.body.errors = [*self.body.errors, sentence]

    def page_revision(self) -> int:
        """Return the revision that the sender's page shows; 0 if it is missing or invalid.

        The revision of a conversation is a number that grows with each change.
        """
        raw = self.revision.data or ""
        return int(raw) if raw.isascii() and raw.isdecimal() and len(raw) < 19 else 0

    def with_new_nonce(self) -> "MessageForm":
        """Give this form a new nonce (random id) and return it, to be shown and sent again."""
        self.nonce.data = secrets.token_urlsafe(16)
        return self


def _has_valid_nonce(fields: uploads.Fields) -> bool:
    """Return whether the nonce, a random id, is well formed or has not been read yet."""
    return Message.is_nonce(fields.get("nonce", "")) or "nonce" not in fields


def new_message_form(**data: Any) -> MessageForm:
    """Return a message form with a new nonce (random id); `data` fills fields such as `body`."""
    return MessageForm(formdata=None, **data).with_new_nonce()


class NoteForm(FlaskForm):  # type: ignore[misc]
    """The note to send with an invitation to connect; it may be empty."""

    note = TextAreaField("Add a note", filters=[validators.normalize_lines])

    def validate_note(self, field: Field) -> None:
        """Raise ValidationError if the note is too long (`note_max`) or has control characters."""
        validators.MultiLine(settings.note_max)(self, field)
