"""Protection against cross-site request forgery (CSRF)."""

from flask import g, request
from flask_wtf.csrf import CSRFError, CSRFProtect, validate_csrf
from werkzeug.datastructures import MultiDict
from wtforms import ValidationError

# Routes that take files are exempt: they read the form as a stream and check its token there.
csrf_protect = CSRFProtect()


def check_token(fields: MultiDict[str, str]) -> None:
    """Check that a form, or the script that sends it, is of this session.

    Raises:
        CSRFError: it is not.
    """
    try:
        validate_csrf(request.headers.get("X-CSRFToken") or fields.get("csrf_token"))
    except ValidationError as fault:
        raise CSRFError(fault.args[0]) from fault
    g.csrf_valid = True  # Flask-WTF's own note, which its forms look at


def is_checked() -> bool:
    """Whether the request was found to be of this session."""
    return bool(g.get("csrf_valid", False))
