"""The guard before every door: members pass, others are asked who they are."""

from collections.abc import Callable

from flask import Flask, Response, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from linkmsg import clock
from linkmsg.actions import sessions
from linkmsg.web import auth, redirects, uploads
from linkmsg.web.responses import is_partial

# Doors that open to everybody. All others ask who it is, and a new one does so by itself.
OPEN = {
    "static",
    "accounts.home",
    "accounts.setup",
    "accounts.sign_in",
    "accounts.sign_up",
    "health.healthz",
    "health.readyz",
    "health.robots",
    "live.socket",  # it answers whoever is not signed in by its own code
}
# Doors that are asked in any words at all, and take out what is none.
ANY_WORDS = {"search.find"}


def init_app(app: Flask, sign_in_page: Callable[[], Response]) -> None:
    """Check every request of `app`; `sign_in_page` answers a form that was sent signed out."""

    def guard() -> ResponseReturnValue | None:
        if not _is_well_formed():
            abort(400)
        if request.endpoint in OPEN or request.endpoint is None:
            return None
        if not current_user.is_authenticated:
            return _ask_to_sign_in(sign_in_page)
        if auth.signed_in().session.needs_last_seen_update(clock.now()):
            _note_seen()
        return None

    app.before_request(guard)


def _is_well_formed() -> bool:
    """Return whether the address has no NUL, which PostgreSQL refuses in any text."""
    values = () if request.endpoint in ANY_WORDS else request.args.values()
    return not any("\0" in text for text in (request.path, *values))


def _note_seen() -> None:
    """Write that the session is in use; a database that is busy must not cost the page."""
    try:
        sessions.update_last_seen(auth.signed_in().session)
    except SQLAlchemyError:
        current_app.logger.exception("it was not noted that a session is in use")


def _ask_to_sign_in(sign_in_page: Callable[[], Response]) -> ResponseReturnValue:
    """To the sign-in page, and back here afterwards; what was typed goes along."""
    if is_partial():
        address = url_for("accounts.sign_in", next=redirects.came_from())
        return Response(status=401, headers={"HX-Redirect": address})
    if uploads.is_multipart():
        uploads.hear_words()
    if request.method in {"GET", "HEAD"}:
        here = request.full_path.rstrip("?")
        return redirect(url_for("accounts.sign_in", next=here), 303)
    return sign_in_page()
