"""The guard before every door: members pass, others are asked who they are."""

from flask import Flask, Response, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from linkmsg import clock
from linkmsg.actions import sessions
from linkmsg.blueprints import access, uploads
from linkmsg.blueprints.accounts import ask_to_sign_in
from linkmsg.blueprints.answers import is_partial

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


def init_app(app: Flask) -> None:
    """Put the guard before every door of `app`."""
    app.before_request(guard)


def guard() -> ResponseReturnValue | None:
    """Let nobody but members past the open doors, and note that the session is in use."""
    words = () if request.endpoint in ANY_WORDS else request.args.values()
    if any("\0" in text for text in (request.path, *words)):
        abort(400)
    if request.endpoint in OPEN or request.endpoint is None:
        return None
    if not current_user.is_authenticated:
        return ask_who()
    if access.signed_in().session.is_stale(clock.now()):
        _note_seen()
    return None


def _note_seen() -> None:
    """Write that the session is in use; a database that is busy must not cost the page."""
    try:
        sessions.note_seen(access.signed_in().session)
    except SQLAlchemyError:
        current_app.logger.exception("it was not noted that a session is in use")


def ask_who() -> ResponseReturnValue:
    """To the sign-in page, and back here afterwards; what was typed goes along."""
    if is_partial():
        address = url_for("accounts.sign_in", next=access.came_from())
        return Response(status=401, headers={"HX-Redirect": address})
    if uploads.is_multipart():
        uploads.hear_words()
    if request.method in {"GET", "HEAD"}:
        here = request.full_path.rstrip("?")
        return redirect(url_for("accounts.sign_in", next=here), 303)
    return ask_to_sign_in()
