"""Forms of the settings."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from linkmsg.forms import validators
from linkmsg.forms.accounts import NAME


def choices(labels: dict[str, str]) -> list[SelectChoice]:
    """The choices of a field, by their values."""
    return [SelectChoice(value, label) for value, label in labels.items()]


class ProfileForm(FlaskForm):  # type: ignore[misc]
    """What others see."""

    name = StringField("Name", [NAME], filters=[validators.line])
    handle = StringField("Handle", [validators.handle], filters=[validators.handle_filter])
    headline = StringField("Headline", [validators.SingleLine(120)], filters=[validators.line])
    company = StringField("Company", [validators.SingleLine(80)], filters=[validators.line])
    place = StringField("Place", [validators.SingleLine(80)], filters=[validators.line])
    about = TextAreaField("About", [validators.MultiLine(2000)], filters=[validators.lines])


class EmailForm(FlaskForm):  # type: ignore[misc]
    """Another address to sign in with."""

    email = StringField("Email", [validators.email])
    password = PasswordField("Current password", [validators.Password()])


class PasswordForm(FlaskForm):  # type: ignore[misc]
    """Another password."""

    current = PasswordField("Current password", [validators.Password()])
    new = PasswordField("New password", [validators.password])


class AppearanceForm(FlaskForm):  # type: ignore[misc]
    """How the product looks, and in which zone times are shown."""

    theme = RadioField(
        "Theme", choices=choices({"": "Like my device", "light": "Light", "dark": "Dark"})
    )
    timezone = StringField("Time zone", [validators.zone])
    slash = BooleanField("Press / to search")


class PrivacyForm(FlaskForm):  # type: ignore[misc]
    """What is shared with connections, both ways."""

    reading = BooleanField("Read receipts and typing")
    presence = BooleanField("When you are here")


class InviteLinkForm(FlaskForm):  # type: ignore[misc]
    """A new invite link."""

    uses = RadioField(
        "Who can use it", choices=choices({"one": "One person", "many": "Many people"})
    )
    days = SelectField("Works for", choices=[])


def lives(usual: int) -> list[SelectChoice]:
    """How long an invite link may work, in days; the usual life is among them."""
    days = sorted({1, 7, 30, usual})
    return choices({str(day): f"{day} day{'' if day == 1 else 's'}" for day in days})
