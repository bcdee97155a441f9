"""Addresses that programs know (RFC 8615): whom to tell of a security problem, and a shortcut."""

from datetime import timedelta

from flask import Blueprint, Response, abort, redirect, url_for
from flask.typing import ResponseReturnValue

from linkmsg import clock
from linkmsg.config import settings

bp = Blueprint("well_known", __name__, url_prefix="/.well-known")

# Long enough for a program that reads the file seldom; RFC 9116 recommends less than a year.
SECURITY_DAYS = 180


@bp.get("/security.txt")
def security() -> Response:
    """Say whom to tell of a security problem (RFC 9116); HTTP 404 if the administrator has not."""
    if not settings.security_contact:
        abort(404)
    day = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    expires = day + timedelta(days=SECURITY_DAYS)
    lines = [f"Contact: {settings.security_contact}", f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}"]
    lines.append("Preferred-Languages: en")
    if settings.https:
        lines.append(f"Canonical: {settings.base_url}{url_for('well_known.security')}")
    return Response("\n".join([*lines, ""]), mimetype="text/plain")


@bp.get("/change-password")
def change_password() -> ResponseReturnValue:
    """Redirect a password manager to the page where passwords are changed (W3C)."""
    return redirect(url_for("settings.account"), 303)
