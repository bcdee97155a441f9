"""The forms of the settings."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from linkmsg.forms import validators
from linkmsg.forms.accounts import NAME


def choices(labels: dict[str, str]) -> list[SelectChoice]:
    """Return the choices of a field; `labels` are by value."""
    return [SelectChoice(value, label) for value, label in labels.items()]


class ProfileForm(FlaskForm):  # type: ignore[misc]
    """The profile that other members see."""

    name = StringField("Name", [NAME], filters=[validators.normalize_line])
    handle = StringField("Handle", [validators.handle], filters=[validators.normalize_handle])
    headline = StringField(
        "Headline", [validators.SingleLine(120)], filters=[validators.normalize_line]
    )
    company = StringField(
        "Company", [validators.SingleLine(80)], filters=[validators.normalize_line]
    )
    place = StringField("Place", [validators.SingleLine(80)], filters=[validators.normalize_line])
    about = TextAreaField(
        "About", [validators.MultiLine(2000)], filters=[validators.normalize_lines]
    )


class EmailForm(FlaskForm):  # type: ignore[misc]
    """A new email address to sign in with."""

    email = StringField("Email", [validators.email])
    password = PasswordField("Current password", [validators.Password()])


class PasswordForm(FlaskForm):  # type: ignore[misc]
    """A new password."""

    current = PasswordField("Current password", [validators.Password()])
    new = PasswordField("New password", [validators.password])


class AppearanceForm(FlaskForm):  # type: ignore[misc]
    """The theme, the time zone and the keyboard shortcuts."""

    theme = RadioField(
        "Theme", choices=choices({"": "Like my device", "light": "Light", "dark": "Dark"})
    )
    timezone = StringField("Time zone", [validators.time_zone])
    slash = BooleanField("Press / to search")


class PrivacyForm(FlaskForm):  # type: ignore[misc]
    """What a member and their connections see of each other."""

    reading = BooleanField("Read receipts and typing")
    presence = BooleanField("When you are here")


class InviteLinkForm(FlaskForm):  # type: ignore[misc]
    """A new invite link."""

    uses = RadioField(
        "Who can use it", choices=choices({"one": "One person", "many": "Many people"})
    )
    days = SelectField("Works for", choices=[])


def link_lifetimes(default: int) -> list[SelectChoice]:
    """Return the lifetimes to choose for an invite link, in days, including the default."""
    days = sorted({1, 7, 30, default})
    return choices({str(day): f"{day} day{'' if day == 1 else 's'}" for day in days})
