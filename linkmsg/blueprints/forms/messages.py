"""Forms that write to somebody."""

import secrets
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, TextAreaField
from wtforms.validators import ValidationError

from linkmsg.blueprints.forms import checks
from linkmsg.config import settings
from linkmsg.models import Message


class MessageForm(FlaskForm):  # type: ignore[misc]
    """A message, with the name of this act of sending."""

    body = TextAreaField("Write a message", filters=[checks.lines])
    nonce = HiddenField()
    revision = HiddenField()

    def validate_body(self, field: Field) -> None:
        """What can't be a message says why."""
        if fault := Message.fault(field.data or ""):
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

    note = TextAreaField("Add a note", filters=[checks.lines, checks.seen])

    def validate_note(self, field: Field) -> None:
        """At most so many characters."""
        checks.Lines(settings.note_max)(self, field)
