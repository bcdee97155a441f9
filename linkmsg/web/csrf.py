"""Protection against cross-site request forgery (CSRF)."""

from flask import g, request
from flask_wtf.csrf import CSRFError, CSRFProtect, validate_csrf
from werkzeug.datastructures import MultiDict
from wtforms import ValidationError

# Routes that accept files are exempt: they read the form as a stream and check the token there.
csrf_protect = CSRFProtect()


def check_token(fields: MultiDict[str, str]) -> None:
    """Check that the CSRF token of a form, or of the request's header, belongs to this session.

    Raises:
        CSRFError: The token is missing, or belongs to another session.
    """
    try:
        validate_csrf(request.headers.get("X-CSRFToken") or fields.get("csrf_token"))
    except ValidationError as error:
        raise CSRFError(error.args[0]) from error
    g.csrf_valid = True  # Flask-WTF checks no token again where this is set


def is_token_checked() -> bool:
    """Return whether the CSRF token of this request has been checked and is valid."""
    return bool(g.get("csrf_valid", False))
