"""Ask for the member's password before something that a thief of the session may want."""

from flask import request
from flask_wtf import FlaskForm

from linkmsg.actions import sessions
from linkmsg.actions.errors import ActionRefused
from linkmsg.web import auth, sign_in_limits
from linkmsg.web.rate_limits import RateLimited
from linkmsg.web.refusals import log_refusal


def is_password_known(form: FlaskForm) -> bool:
    """Return whether the password was typed lately, or is right in the field `password` of a form.

    If it is wrong, the field gets an error.
    """
    if auth.knows_password():
        return True
    return "password" in request.form and form.validate() and _is_password(form)


def count_attempt() -> None:
    """Count an attempt at the current password, so a stolen session can't be used to guess it.

    Raises:
        RateLimited: There were too many attempts.
    """
    if wait := sign_in_limits.password_attempt_wait("", f"settings/{auth.viewer().id}"):
        log_refusal("a password", "too many attempts")
        raise RateLimited("Too many incorrect passwords.", wait)


def forget_attempts() -> None:
    """Reset the count of attempts, and remember that the password was typed, which was right."""
    sign_in_limits.forget_password_attempts("", f"settings/{auth.viewer().id}")
    auth.record_password()


def _is_password(form: FlaskForm) -> bool:
    try:
        count_attempt()
        sessions.confirm_password(auth.viewer(), form.password.data)
    except ActionRefused as error:
        form.password.errors = [str(error)]
        return False
    forget_attempts()
    return True
