"""Error pages: what happened, what to do, and the form that failed, to be sent again."""

from datetime import timedelta

from flask import Flask, Response, current_app, g
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import BadHost, HTTPException, RequestEntityTooLarge

from linkmsg import clock
from linkmsg.actions.errors import ActionRefused, LimitReached
from linkmsg.db import db
from linkmsg.disk_space import is_disk_full
from linkmsg.web import auth, health, time_filters
from linkmsg.web.form_recovery import RecoveredForm
from linkmsg.web.input_checks import InputRefused
from linkmsg.web.origins import OtherSite
from linkmsg.web.rate_limits import RateLimited
from linkmsg.web.refusals import log_refusal
from linkmsg.web.responses import page

SENTENCES = {
    400: (
        "This request didn’t work",
        "The link or the form is incomplete. Go back and try again.",
    ),
    401: ("Sign in first", "This page is for members."),
    403: ("You don’t have access", "Your account isn’t allowed to do this."),
    404: (
        "Page not found",
        "This page doesn’t exist, or you don’t have access to it. Check the link.",
    ),
    405: (
        "This can’t be done here",
        "This address can’t be used that way. Go back and try again.",
    ),
    409: ("This page is out of date", "Reload it to continue."),
    413: ("This is too large", "Make it smaller and try again."),
    422: ("Check the form", "Something in the form isn’t right. Go back and correct it."),
    429: ("Too many requests", "Wait a moment, then try again."),
    500: (
        "Something went wrong",
        "The error has been logged. Try again in a moment.",
    ),
    503: ("Not ready yet", "The server is starting. Try again in a moment."),
    507: (
        "The server is out of space",
        "Nothing was saved because the server’s disk is full. Tell an administrator.",
    ),
}


def init_app(app: Flask) -> None:
    """Register the functions of this module as error handlers of `app`."""
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(CSRFError, csrf_error)
    app.register_error_handler(OtherSite, other_site)
    app.register_error_handler(InputRefused, input_refused)
    app.register_error_handler(RateLimited, rate_limited)
    app.register_error_handler(LimitReached, limit_reached)
    app.register_error_handler(ActionRefused, action_refused)
    app.register_error_handler(Exception, internal_error)


def http_error(error: HTTPException) -> ResponseReturnValue:
    """Return the page of an HTTP error; a redirect is returned unchanged.

    For 404 and 405 the page has the form that was sent, if any.
    """
    if error.code is None or error.code < 400 or isinstance(error, BadHost):
        return error  # our pages have links, and without a host there are none
    heading, sentence = SENTENCES.get(error.code, SENTENCES[500 if error.code >= 500 else 400])
    recovered = _sent_form() if error.code in {404, 405} else None
    response = _error_page(error.code, heading, sentence, recovered)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def csrf_error(error: CSRFError) -> ResponseReturnValue:
    """Return a page with the form that was sent, whose CSRF token was not valid, and a new token.

    Someone who is signed out was sending a public form, such as sign-in: `login_guard` answers all
    other forms with the sign-in page before this.
    """
    log_refusal("a form", "its CSRF token is not valid")
    sentence = (
        "You signed in again after opening this page, so nothing was sent. Try again from here."
    )
    if not current_user.is_authenticated:
        sentence = "Its cookie is missing. Allow cookies for this site, then try again."
    return _error_page(400, "This page has expired", sentence, _sent_form())


def other_site(_: OtherSite) -> ResponseReturnValue:
    """Return a page that says that another site sent the form; it does not have what was sent."""
    sentence = "It was blocked, so nothing was changed. Open the page here instead."
    return _error_page(403, "This came from another site", sentence)


def input_refused(error: InputRefused) -> ResponseReturnValue:
    """Return a page with the reason why a form was refused, and the form, to be sent again."""
    heading = SENTENCES[error.status][0]
    return _error_page(error.status, heading, str(error), RecoveredForm.from_request())


def rate_limited(error: RateLimited) -> ResponseReturnValue:
    """Return a page that says how long to wait, with the form that was sent."""
    return _error_page(429, SENTENCES[429][0], str(error), _sent_form())


def limit_reached(error: LimitReached) -> ResponseReturnValue:
    """Return a page that says when the member may try again, with the form that was sent.

    These limits are rules of the product. `rate_limited` is about requests that come too fast.
    """
    moment = time_filters.full_time(error.retry_at, auth.viewer())
    sentence = f"{error} You can try again from {moment}."
    response = _error_page(429, "Limit reached", sentence, _sent_form())
    seconds = (error.retry_at - clock.now()) / timedelta(seconds=1)
    response.headers["Retry-After"] = str(max(1, round(seconds)))
    return response


def action_refused(error: ActionRefused) -> ResponseReturnValue:
    """Return a page with the reason why an action was refused, and the form that was sent."""
    return _error_page(409, "This didn’t work", str(error), _sent_form())


def internal_error(error: Exception) -> Response:
    """Log an unexpected exception, and return an error page that needs no database.

    A full disk is no mystery: its page says so, and reads the database as usual.
    """
    db.session.rollback()
    if is_disk_full(error) and "internal_error" not in g:
        health.record_full_disk(error)
        return _error_page(507, *SENTENCES[507], RecoveredForm.from_request())
    current_app.logger.error("request failed", exc_info=error)
    g.internal_error = error
    return _error_page(500, *SENTENCES[500], _sent_form())


def _sent_form() -> RecoveredForm | None:
    """Return the form of this request; None if there is none, or if it is too large to be kept."""
    try:
        return RecoveredForm.from_request()
    except RequestEntityTooLarge:
        return None


def _error_page(
    code: int, heading: str, sentence: str, recovered: RecoveredForm | None = None
) -> Response:
    context = {"code": code, "heading": heading, "sentence": sentence, "recovered": recovered}
    try:
        return page("errors/error.html", code, section="", **context)
    except SQLAlchemyError as error:
        g.internal_error = error
        return internal_error(error)
