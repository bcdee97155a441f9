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
from linkmsg.web.rate_limits import Limited
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
    """Answer every fault of `app` in the house's own words."""
    app.register_error_handler(HTTPException, http_fault)
    app.register_error_handler(CSRFError, stale_form)
    app.register_error_handler(Limited, limited)
    app.register_error_handler(LimitReached, too_many)
    app.register_error_handler(ActionRefused, refused)
    app.register_error_handler(Exception, broken)


def http_fault(fault: HTTPException) -> ResponseReturnValue:
    """A fault that HTTP has a number for."""
    if fault.code is None or fault.code < 400:
        return fault
    heading, sentence = SENTENCES.get(fault.code, SENTENCES[500 if fault.code >= 500 else 400])
    carried = RecoveredForm.from_request() if fault.code in {404, 405} else None
    response = _error(fault.code, heading, sentence, carried)
    for name, value in fault.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def stale_form(fault: CSRFError) -> ResponseReturnValue:
    """A form whose token is not this session's: it comes back with a new one.

    Whoever is not signed in was sending a form of the front door: the guard asked all others.
    """
    why = "You have signed in again since it was loaded, so nothing was sent. Try again from here."
    if not current_user.is_authenticated:
        why = "The cookie that goes with it is gone. Allow cookies for this place, and try again."
    return _error(400, "This page was open for too long", why, RecoveredForm.from_request())


def limited(fault: Limited) -> ResponseReturnValue:
    """Too often: when there is room again, and what was typed."""
    return fault.tell(_error(429, SENTENCES[429][0], str(fault), RecoveredForm.from_request()))


def too_many(fault: LimitReached) -> ResponseReturnValue:
    """A limit of the product's rules: when it ends, and what was typed."""
    zone = auth.viewer().zone
    sentence = f"{fault} You can go on from {template_filters.full_time(fault.retry_at, zone)}."
    response = _error(429, "Not yet", sentence, RecoveredForm.from_request())
    seconds = (fault.retry_at - clock.now()) / timedelta(seconds=1)
    response.headers["Retry-After"] = str(max(1, round(seconds)))
    return response


def refused(fault: ActionRefused) -> ResponseReturnValue:
    """What an action would not do."""
    return _error(409, "This was not done", str(fault), RecoveredForm.from_request())


def broken(fault: Exception) -> Response:
    """A fault of ours: into the log, and a page that needs no database."""
    current_app.logger.error("a request broke", exc_info=fault)
    db.session.rollback()
    g.fault = fault
    return _error(500, *SENTENCES[500], RecoveredForm.from_request())


def _error(
    code: int, heading: str, sentence: str, carried: RecoveredForm | None = None
) -> Response:
    said = {"code": code, "heading": heading, "sentence": sentence, "carried": carried}
    try:
        return page("errors/error.html", code, section="", **said)
    except SQLAlchemyError as fault:
        return broken(fault)
