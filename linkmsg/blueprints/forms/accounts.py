"""Forms at the front door."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, PasswordField, StringField

from linkmsg.blueprints.forms import checks

NAME = checks.Line(80, "What should people call you?")


class SignInForm(FlaskForm):  # type: ignore[misc]
    """Address and password."""

    email = StringField("Email", [checks.Line(254, "Type your email address.")])
    password = PasswordField("Password", [checks.Password()])
    remember = BooleanField("Remember me")
    next = HiddenField()


class SignUpForm(FlaskForm):  # type: ignore[misc]
    """Somebody new."""

    name = StringField("Your name", [NAME], filters=[checks.line])
    headline = StringField("What you do", [checks.Line(120)], filters=[checks.line])
    email = StringField("Email", [checks.email])
    password = PasswordField("Password", [checks.password])
    timezone = StringField("Time zone", [checks.zone])
    invite = HiddenField()


class SetupForm(FlaskForm):  # type: ignore[misc]
    """The first member, who names the place."""

    token = StringField("Setup token", [checks.Line(100, "Type the token.")], filters=[checks.line])
    place = StringField(
        "Name of this place", [checks.Line(80, "Give it a name.")], filters=[checks.line]
    )
    name = StringField("Your name", [NAME], filters=[checks.line])
    email = StringField("Your email", [checks.email])
    password = PasswordField("Password", [checks.password])
    timezone = StringField("Time zone", [checks.zone])
