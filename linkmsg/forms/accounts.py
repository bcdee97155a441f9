"""The forms to sign in, to sign up, and to set up the instance."""

from wtforms import BooleanField, HiddenField, PasswordField, StringField

from linkmsg.forms import validators
from linkmsg.forms.base_form import BaseForm
from linkmsg.models import Member
from linkmsg.models.password import known_words
from linkmsg.web.responses import instance_name

PLACE = validators.SingleLine(80, "Enter a name for your network.")
NAME = validators.SingleLine(80, "Enter your name.")


class SignInForm(BaseForm):
    """The sign-in form; `next` is the path to continue at afterwards."""

    email = StringField("Email", [validators.SingleLine(254, "Enter your email address.")])
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


class ResetForm(BaseForm):
    """The form for the new password of a member who has opened a reset link."""

    new = PasswordField("New password", [validators.password])
    member: Member  # set by the route

    def known_words(self) -> dict[str, str]:
        """Return what others know of the member, which makes no good password."""
        me = self.member
        return known_words(me.email, me.name, me.handle, instance_name())


class SetupForm(BaseForm):
    """The form of a new instance: it creates the first member, and names the instance.

    The token, which the server writes to its log, proves that they run the server.
    """

    token = StringField(
        "Setup token",
        [validators.SingleLine(100, "Enter the setup token.")],
        filters=[validators.normalize_line],
    )
    place = StringField("Network name", [PLACE], filters=[validators.normalize_line])
    name = StringField("Your name", [NAME], filters=[validators.normalize_line])
    email = StringField("Your email", [validators.email])
    password = PasswordField("Password", [validators.password])
    timezone = StringField("Time zone", [validators.time_zone])

    def known_words(self) -> dict[str, str]:
        """Return what others will know of the first member, which makes no good password."""
        return known_words(self.email.data or "", self.name.data, place=self.place.data)
