"""The forms to sign in, to sign up, and to set up the instance."""

from wtforms import BooleanField, HiddenField, PasswordField, StringField

from linkmsg.forms import validators
from linkmsg.forms.base_form import BaseForm
from linkmsg.models.password import known_words
from linkmsg.web.responses import instance_name

NAME = validators.SingleLine(80, "What should people call you?")


class SignInForm(BaseForm):
    """The sign-in form; `next` is the path to continue at afterwards."""

    email = StringField("Email", [validators.SingleLine(254, "Type your email address.")])
    password = PasswordField("Password", [validators.Password()])
    remember = BooleanField("Remember me")
    next = HiddenField()


class SignUpForm(BaseForm):
    """The form that creates an account; `invite` is the token of an invite link, or empty."""

    name = StringField("Your name", [NAME], filters=[validators.normalize_line])
    headline = StringField(
        "What you do", [validators.SingleLine(120)], filters=[validators.normalize_line]
    )
    email = StringField("Email", [validators.email])
    password = PasswordField("Password", [validators.password])
    timezone = StringField("Time zone", [validators.time_zone])
    invite = HiddenField()

    def known_words(self) -> dict[str, str]:
        """Return what others will know of the new member, which makes no good password."""
        return known_words(self.email.data or "", self.name.data, place=instance_name())


class SetupForm(BaseForm):
    """The form of a new instance: it creates the first member, and names the instance.

    The token, which the server writes to its log, proves that they run the server.
    """

    token = StringField(
        "Setup token",
        [validators.SingleLine(100, "Type the token.")],
        filters=[validators.normalize_line],
    )
    place = StringField(
        "Name of this place",
        [validators.SingleLine(80, "Give it a name.")],
        filters=[validators.normalize_line],
    )
    name = StringField("Your name", [NAME], filters=[validators.normalize_line])
    email = StringField("Your email", [validators.email])
    password = PasswordField("Password", [validators.password])
    timezone = StringField("Time zone", [validators.time_zone])

    def known_words(self) -> dict[str, str]:
        """Return what others will know of the first member, which makes no good password."""
        return known_words(self.email.data or "", self.name.data, place=self.place.data)
