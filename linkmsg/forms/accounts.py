"""Forms at the front door."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, PasswordField, StringField

from linkmsg.forms import validators

NAME = validators.SingleLine(80, "What should people call you?")


class SignInForm(FlaskForm):  # type: ignore[misc]
    """Address and password."""

    email = StringField("Email", [validators.SingleLine(254, "Type your email address.")])
    password = PasswordField("Password", [validators.Password()])
    remember = BooleanField("Remember me")
    next = HiddenField()


class SignUpForm(FlaskForm):  # type: ignore[misc]
    """Somebody new."""

    name = StringField("Your name", [NAME], filters=[validators.line])
    headline = StringField("What you do", [validators.SingleLine(120)], filters=[validators.line])
    email = StringField("Email", [validators.email])
    password = PasswordField("Password", [validators.password])
    timezone = StringField("Time zone", [validators.zone])
    invite = HiddenField()


class SetupForm(FlaskForm):  # type: ignore[misc]
    """The first member, who names the place."""

    token = StringField(
        "Setup token", [validators.SingleLine(100, "Type the token.")], filters=[validators.line]
    )
    place = StringField(
        "Name of this place",
        [validators.SingleLine(80, "Give it a name.")],
        filters=[validators.line],
    )
    name = StringField("Your name", [NAME], filters=[validators.line])
    email = StringField("Your email", [validators.email])
    password = PasswordField("Password", [validators.password])
    timezone = StringField("Time zone", [validators.zone])
