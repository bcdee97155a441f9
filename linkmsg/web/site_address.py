"""Notices that browsers reach this server at another address than it believes.

Then no page hears of anything by itself, since the WebSocket accepts only pages of the address
that the server knows. Nobody would find out why.
"""

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, request, url_for
from flask_login import current_user

from linkmsg.config import settings
from linkmsg.web.origins import our_origin

LOGGED, USED = "linkmsg.addresses_logged", "linkmsg.address_used"
# Anybody can send any address, so the log has only so many of them.
MAX_LOGGED = 5


def init_app(app: Flask) -> None:
    """Look at the address of each request to `app`."""
    app.extensions[LOGGED] = {}
    app.before_request(notice_address)


def notice_address() -> None:
    """Log the address of the page that sent this request, once, if it should be another one.

    Remember it for `notice` if a member sent it.
    """
    origin, expected = request.headers.get("Origin", ""), our_origin()
    if origin in {"", "null", expected} or not _is_own_page(origin):
        return
    logged = current_app.extensions[LOGGED]
    if origin not in logged and len(logged) < MAX_LOGGED:
        logged[origin] = True
        current_app.logger.warning("%s", _sentence(origin, expected))
    if current_user.is_authenticated:
        current_app.extensions[USED] = _sentence(origin, expected)


def notice() -> str:
    """Return a sentence for admins if members use another address than they should; else ""."""
    return str(current_app.extensions.get(USED, ""))


def _is_own_page(origin: str) -> bool:
    """Return whether a page of this server sent the request, and not a page of another site."""
    if request.headers.get("Sec-Fetch-Site") == "same-origin":
        return True
    try:
        return urlsplit(origin).hostname == urlsplit(f"//{request.host}").hostname
    except ValueError:
        return False


def external_url(endpoint: str, **values: Any) -> str:
    """Return the absolute URL of a route, as people outside reach it."""
    if settings.base_url:
        return f"{settings.base_url}{url_for(endpoint, **values)}"
    return url_for(endpoint, **values, _external=True)


def _sentence(origin: str, expected: str) -> str:
    origin = origin[:200]
    problem = (
        f"Members reach this server at {origin}, but LINKMSG_BASE_URL is {expected}."
        if settings.base_url
        else f"Members reach this server at {origin}, but it believes that it is at {expected}."
    )
    remedy = f"Set LINKMSG_BASE_URL={origin} and restart linkmsg."
    return f"{problem} Live updates don’t work there. {remedy}"
