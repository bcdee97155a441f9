"""Validators and filters of form fields; each error is a sentence."""

from zoneinfo import available_timezones

from wtforms import Field, Form
from wtforms.validators import ValidationError

from linkmsg.models import Member
from linkmsg.models.password import MAX_LENGTH, password_error
from linkmsg.models.text import body_error, clean_lines, is_empty, line_error
from linkmsg.models.text import one_line as clean_line


def time_zones() -> list[str]:
    """Return the names of all time zones, sorted."""
    return sorted(available_timezones())


def normalize_line(text: str | None) -> str:
    """Strip a line and collapse its spaces; forbidden characters stay, to be reported."""
    return clean_line(text or "")


def normalize_lines(text: str | None) -> str:
    """Strip a text and convert its line ends to LF."""
    return clean_lines(text or "")


def blank_to_empty(text: str) -> str:
    """Return "" for a text without visible characters, else the text."""
    return "" if is_empty(text) else text


class SingleLine:
    """Validates one line: its length, and that no character hides or reorders others."""

    def __init__(self, max_length: int, required_message: str = "") -> None:
        self.max_length, self.required_message = max_length, required_message

    def __call__(self, form: Form, field: Field) -> None:
        """Check a field."""
        text: str = field.data or ""
        if self.required_message and is_empty(text):
            raise ValidationError(self.required_message)
        if len(text) > self.max_length:
            raise ValidationError(
                f"Use {self.max_length} characters or fewer. This has {len(text):,}."
            )
        if error := line_error(text):
            raise ValidationError(error)


class Password:
    """Validates a current password: any that could have been set."""

    def __call__(self, form: Form, field: Field) -> None:
        """Check a field."""
        if not field.data:
            raise ValidationError("Type your password.")
        if len(field.data) > MAX_LENGTH:
            raise ValidationError("That is longer than a password can be.")


class MultiLine:
    """Validates a text of several lines."""

    def __init__(self, max_length: int) -> None:
        self.max_length = max_length

    def __call__(self, form: Form, field: Field) -> None:
        """Check a field."""
        text: str = field.data or ""
        if len(text) > self.max_length:
            raise ValidationError(
                f"Use {self.max_length:,} characters or fewer. This has {len(text):,}."
            )
        if error := body_error(text):
            raise ValidationError(error)


def email(form: Form, field: Field) -> None:
    """Check an email address."""
    if not field.data:
        raise ValidationError("Type your email address.")
    if not Member.is_email(field.data or ""):
        raise ValidationError("Enter an email address like name@example.com.")


def handle(form: Form, field: Field) -> None:
    """Check a handle."""
    if not Member.is_handle(field.data or ""):
        raise ValidationError("Use 3 to 30 letters (a to z), digits and hyphens.")


def password(form: Form, field: Field) -> None:
    """Check a new password."""
    if error := password_error(field.data or ""):
        raise ValidationError(error)


def time_zone(form: Form, field: Field) -> None:
    """Check a time zone; an empty one means that of the instance."""
    if field.data and field.data not in available_timezones():
        raise ValidationError("Choose a time zone from the list, like Europe/Lisbon.")


def normalize_handle(text: str | None) -> str:
    """Strip a handle and convert it to lower case."""
    return (text or "").strip().lower()
