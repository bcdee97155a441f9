"""The check before every request that sends people who are signed out to the sign-in page."""

from collections.abc import Callable

from flask import Flask, Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from linkmsg import clock
from linkmsg.actions import sessions
from linkmsg.web import auth, redirects, uploads
from linkmsg.web.responses import is_fragment_request

# Routes that need no sign-in. Any other route, also a new one, needs it.
PUBLIC_ENDPOINTS = {
    "static",
    "accounts.clear_caches",
    "accounts.home",
    "accounts.sign_in",
    "accounts.sign_up",
    "health.healthz",
    "health.readyz",
    "health.robots",
    "password_reset.choose",
    "setup.set_up",
    "well_known.change_password",
    "well_known.security",
    "live.room",  # thousands of pages ask after a restart, and this saves half of the work
    "live.socket",  # closes the socket with the code for "signed out"
}


def init_app(app: Flask, sign_in_page: Callable[[], Response]) -> None:
    """Check before each request of `app`, except on public pages, that a member is signed in.

    `sign_in_page` returns the answer to a form that somebody sends while signed out.
    """

    def guard() -> ResponseReturnValue | None:
        if request.endpoint in PUBLIC_ENDPOINTS or request.endpoint is None:
            return None
        if not current_user.is_authenticated:
            return _ask_to_sign_in(sign_in_page)
        if auth.signed_in_user().session.needs_last_seen_update(clock.now()):
            _record_activity()
        return None

    app.before_request(guard)


def _record_activity() -> None:
    """Store that the session is in use now; if the database is busy, only log the error."""
    try:
        me = auth.signed_in_user()
        sessions.update_last_seen(me.session, me.member, auth.preferred_language())
    except SQLAlchemyError:
        current_app.logger.exception("could not record the use of a session")


def _ask_to_sign_in(sign_in_page: Callable[[], Response]) -> ResponseReturnValue:
    """Return the sign-in page or a redirect to it, for a request that needs a member.

    After sign-in, the browser continues at this address, or with the form that was sent.
    """
    if is_fragment_request():
        address = url_for("accounts.sign_in", next=redirects.referring_path())
        return Response(status=401, headers={"HX-Redirect": address})
    if uploads.is_multipart():
        uploads.read_fields_only()
    if request.method in {"GET", "HEAD"}:
        here = request.full_path.rstrip("?")
        return redirect(url_for("accounts.sign_in", next=here), 303)
    return sign_in_page()
