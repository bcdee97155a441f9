"""The forms of the settings pages."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, RadioField, StringField, TextAreaField

from linkmsg.forms import validators
from linkmsg.forms.accounts import NAME, PLACE
from linkmsg.forms.choices import choices
from linkmsg.models.password import known_words
from linkmsg.web import auth
from linkmsg.web.responses import instance_name


class ProfileForm(FlaskForm):  # type: ignore[misc]
    """The form for the profile that other members see."""

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
    """The form to change the email address, which asks for the current password."""

    email = StringField("Email", [validators.email])
    password = PasswordField("Current password", [validators.Password()])


class PasswordForm(FlaskForm):  # type: ignore[misc]
    """The form to change the password."""

    current = PasswordField("Current password", [validators.Password()])
    new = PasswordField("New password", [validators.password])

    def known_words(self) -> dict[str, str]:
        """Return what others know of the member, which makes no good password."""
        me = auth.viewer()
        return known_words(me.email, me.name, me.handle, instance_name())


class ConfirmForm(FlaskForm):  # type: ignore[misc]
    """The form that asks for the password before something that a thief of the session may want."""

    password = PasswordField("Your password", [validators.Password()])


class AppearanceForm(FlaskForm):  # type: ignore[misc]
    """The form for the theme, how times are shown, and whether the / key opens the search."""

    theme = RadioField(
        "Theme", choices=choices({"": "Match system", "light": "Light", "dark": "Dark"})
    )
    timezone = StringField("Time zone", [validators.time_zone])
    hours = RadioField(
        "Clock",
        choices=choices(
            {"": "Match language", "12": "12-hour (2:30\u00a0PM)", "24": "24-hour (14:30)"}
        ),
    )
    slash = BooleanField("Press / to search")


class PrivacyForm(FlaskForm):  # type: ignore[misc]
    """The form for what a member shares with their connections.

    `reading` stands for read receipts and the typing indicator, `presence` for being online.
    Members who do not share one do not see that of others.
    """

    reading = BooleanField("Show read receipts and typing")
    presence = BooleanField("Show when I’m online")


class PlaceForm(FlaskForm):  # type: ignore[misc]
    """The form in which an admin names the instance, and chooses who may sign up."""

    name = StringField("Network name", [PLACE], filters=[validators.normalize_line])
    registration = RadioField(
        "Who can sign up",
        choices=choices(
            {
                "invite": "People with an invite link",
                "open": "Everyone who can open this site",
                "closed": "Nobody",
            }
        ),
    )
