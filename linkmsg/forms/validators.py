"""Validators and filters of form fields; each error message is a sentence."""

from zoneinfo import available_timezones

from wtforms import Field, Form
from wtforms.validators import ValidationError

from linkmsg.models import Member
from linkmsg.models.password import MAX_LENGTH, normalize_password, password_error
from linkmsg.models.text import body_error, clean_lines, is_empty, line_error
from linkmsg.models.text import one_line as clean_line


def time_zones() -> list[str]:
    """Return the names of all time zones, such as Europe/Lisbon, sorted."""
    return sorted(available_timezones())


def normalize_line(text: str | None) -> str:
    """Return the text with single spaces and none around it; "" for None and for what is unseen.

    Forbidden characters stay, so that a validator can report them.
    """
    return clean_line(text or "")


def normalize_lines(text: str | None) -> str:
    """Return the text with LF line ends, without blank lines around it.

    It is "" for None, and if nothing of the text can be seen.
    """
    return clean_lines(text or "")


class SingleLine:
    """Validates one line: its length, and that no character hides or reorders others.

    If there is a `required_message`, it is the error of an empty line.
    """

    def __init__(self, max_length: int, required_message: str = "") -> None:
        self.max_length, self.required_message = max_length, required_message

    def __call__(self, form: Form, field: Field) -> None:
        """Raise ValidationError if the line is missing, too long, or has forbidden characters."""
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
    """Validates the current password in a form, before it is compared with the right one.

    It must be there and not too long. The other rules may be newer than the password.
    """

    def __call__(self, form: Form, field: Field) -> None:
        """Raise ValidationError if the password is empty or longer than any password can be."""
        if not field.data:
            raise ValidationError("Enter your password.")
        # Unlike a new password, it may be of a form that normalizing makes longer.
        if min(len(field.data), len(normalize_password(field.data))) > MAX_LENGTH:
            raise ValidationError("This password is too long.")


class MultiLine:
    """Validates a text of several lines: its length, and that it has no control characters."""

    def __init__(self, max_length: int) -> None:
        self.max_length = max_length

    def __call__(self, form: Form, field: Field) -> None:
        """Raise ValidationError if the text is too long or has control characters."""
        text: str = field.data or ""
        if len(text) > self.max_length:
            raise ValidationError(
                f"Use {self.max_length:,} characters or fewer. This has {len(text):,}."
            )
        if error := body_error(text):
            raise ValidationError(error)


def email(form: Form, field: Field) -> None:
    """Raise ValidationError if the field has no email address like name@example.com."""
    if not field.data:
        raise ValidationError("Enter your email address.")
    if not Member.is_email(field.data or ""):
        raise ValidationError("Enter an email address like name@example.com.")


def handle(form: Form, field: Field) -> None:
    """Raise ValidationError if the field is not a valid handle, the name in a profile's URL.

    A handle has 3 to 30 letters (a to z), digits and hyphens.
    """
    if not Member.is_handle(field.data or ""):
        raise ValidationError("Use 3 to 30 letters (a to z), digits and hyphens.")


def password(form: Form, field: Field) -> None:
    """Raise ValidationError if a new password is refused, also by the form's `known_words`."""
    if error := password_error(field.data or "", form.known_words()):
        raise ValidationError(error)


def time_zone(form: Form, field: Field) -> None:
    """Raise ValidationError if there is no such time zone; empty means the server's default."""
    if field.data and field.data not in available_timezones():
        raise ValidationError("Choose a time zone from the list, like Europe/Lisbon.")


def normalize_handle(text: str | None) -> str:
    """Return the handle in lower case, without spaces around it; None becomes ""."""
    return (text or "").strip().lower()
