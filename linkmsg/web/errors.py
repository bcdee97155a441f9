"""What went wrong, in a sentence, as a page or as a fragment; what was typed comes back."""

from datetime import timedelta

from flask import Flask, Response, current_app, g
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from linkmsg import clock
from linkmsg.actions.errors import ActionRefused, LimitReached
from linkmsg.db import db
from linkmsg.web import auth, template_filters
from linkmsg.web.form_recovery import RecoveredForm
from linkmsg.web.rate_limits import RateLimited
from linkmsg.web.responses import page

SENTENCES = {
    400: (
        "This can't be understood",
        "The address or the form was not complete. Go back, and try again.",
    ),
    401: ("Sign in first", "This page is for members."),
    403: ("This is not allowed", "You may not do this here."),
    404: (
        "This page is not here",
        "There is nothing at this address that you can see. The link may be missing a few letters.",
    ),
    405: (
        "This can't be done here",
        "The address is right, but it does something else. Go back, and try again.",
    ),
    409: ("This has changed meanwhile", "Look at the page again before you go on."),
    413: ("This is too large", "Make it smaller, and try again."),
    422: ("This can't be taken", "Something in the form is not right. Go back, and look again."),
    429: ("That was a lot at once", "Wait a moment, then try again."),
    500: (
        "Something broke here",
        "It is our fault, and it is written down. Nothing you sent was half done. Try again.",
    ),
    503: ("Not ready yet", "The server is starting. Try again in a moment."),
}


def init_app(app: Flask) -> None:
    """Answer every error of `app` in the house's own words."""
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(CSRFError, csrf_error)
    app.register_error_handler(RateLimited, rate_limited)
    app.register_error_handler(LimitReached, limit_reached)
    app.register_error_handler(ActionRefused, action_refused)
    app.register_error_handler(Exception, internal_error)


def http_error(error: HTTPException) -> ResponseReturnValue:
    """An error that HTTP has a number for."""
    if error.code is None or error.code < 400:
        return error
    heading, sentence = SENTENCES.get(error.code, SENTENCES[500 if error.code >= 500 else 400])
    recovered = RecoveredForm.from_request() if error.code in {404, 405} else None
    response = _error_page(error.code, heading, sentence, recovered)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def csrf_error(error: CSRFError) -> ResponseReturnValue:
    """A form whose token is not this session's: it comes back with a new one.

    Whoever is not signed in was sending a form of the front door: the guard asked all others.
    """
    why = "You have signed in again since it was loaded, so nothing was sent. Try again from here."
    if not current_user.is_authenticated:
        why = "The cookie that goes with it is gone. Allow cookies for this place, and try again."
    return _error_page(400, "This page was open for too long", why, RecoveredForm.from_request())


def rate_limited(error: RateLimited) -> ResponseReturnValue:
    """Too often: when there is room again, and what was typed."""
    return error.with_retry_after(
        _error_page(429, SENTENCES[429][0], str(error), RecoveredForm.from_request())
    )


def limit_reached(error: LimitReached) -> ResponseReturnValue:
    """A limit of the product's rules: when it ends, and what was typed."""
    zone = auth.viewer().zone
    sentence = f"{error} You can go on from {template_filters.full_time(error.again_at, zone)}."
    response = _error_page(429, "Not yet", sentence, RecoveredForm.from_request())
    seconds = (error.again_at - clock.now()) / timedelta(seconds=1)
    response.headers["Retry-After"] = str(max(1, round(seconds)))
    return response


def action_refused(error: ActionRefused) -> ResponseReturnValue:
    """What an action would not do."""
    return _error_page(409, "This was not done", str(error), RecoveredForm.from_request())


def internal_error(error: Exception) -> Response:
    """An error of ours: into the log, and a page that needs no database."""
    current_app.logger.error("a request broke", exc_info=error)
    db.session.rollback()
    g.internal_error = error
    return _error_page(500, *SENTENCES[500], RecoveredForm.from_request())


def _error_page(
    code: int, heading: str, sentence: str, recovered: RecoveredForm | None = None
) -> Response:
    said = {"code": code, "heading": heading, "sentence": sentence, "recovered": recovered}
    try:
        return page("errors/error.html", code, section="", **said)
    except SQLAlchemyError as error:
        return internal_error(error)
