"""What fields check and clean, each fault a sentence."""

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


def line(text: str | None) -> str:
    """A filter: spaces around gone, and single within. Marks that are refused stay, to be seen."""
    return clean_line(text or "")


def lines(text: str | None) -> str:
    """A filter: LF line ends, none around."""
    return clean_lines(text or "")


def seen(text: str) -> str:
    """A filter: a text of which nothing can be seen is none."""
    return "" if is_empty(text) else text


class SingleLine:
    """A single line of at most so many characters, with no mark that could mislead."""

    def __init__(self, most: int, needed: str = "") -> None:
        self.most, self.needed = most, needed

    def __call__(self, form: Form, field: Field) -> None:
        """Check a field."""
        text: str = field.data or ""
        if self.needed and is_empty(text):
            raise ValidationError(self.needed)
        if len(text) > self.most:
            raise ValidationError(f"Use {self.most} characters or fewer. This has {len(text):,}.")
        if fault := line_error(text):
            raise ValidationError(fault)


class Password:
    """A password that exists: it may hold whatever could be set."""

    def __call__(self, form: Form, field: Field) -> None:
        """Check a field."""
        if not field.data:
            raise ValidationError("Type your password.")
        if len(field.data) > MAX_LENGTH:
            raise ValidationError("That is longer than any password here.")


class MultiLine:
    """A longer text of at most so many characters."""

    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, form: Form, field: Field) -> None:
        """Check a field."""
        text: str = field.data or ""
        if len(text) > self.most:
            raise ValidationError(f"Use {self.most:,} characters or fewer. This has {len(text):,}.")
        if fault := body_error(text):
            raise ValidationError(fault)


def email(form: Form, field: Field) -> None:
    """An e-mail address."""
    if not field.data:
        raise ValidationError("Type your email address.")
    if not Member.is_email(field.data or ""):
        raise ValidationError("This is not an email address. It looks like name@example.com.")


def handle(form: Form, field: Field) -> None:
    """A handle."""
    if not Member.is_handle(field.data or ""):
        raise ValidationError("Use 3 to 30 of a to z, 0 to 9 and hyphen.")


def password(form: Form, field: Field) -> None:
    """A new password."""
    if fault := password_error(field.data or ""):
        raise ValidationError(fault)


def zone(form: Form, field: Field) -> None:
    """A time zone, or nothing for the instance's."""
    if field.data and field.data not in available_timezones():
        raise ValidationError("There is no such time zone. It looks like Europe/Lisbon.")


def handle_filter(text: str | None) -> str:
    """A filter: a handle in small letters."""
    return (text or "").strip().lower()
