"""What a browser keeps of a member: it is cleared at sign-out, and after a session has ended.

`Clear-Site-Data` (W3C) works on https and on this machine. Elsewhere browsers are told to store
nothing. docs/security.md says what was measured.
"""

from urllib.parse import urlsplit

from flask import Response, request, session

from linkmsg.config import settings
from linkmsg.web.origins import is_same_origin

LEFT = "left"
HEADER = "Clear-Site-Data"
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def clear_at_sign_out(response: Response) -> Response:
    """Clear the browser's caches and storage with this response, also drafts, but no cookies."""
    session[LEFT] = True
    response.headers[HEADER] = '"cache", "storage"'
    return response


def clear_caches() -> Response:
    """Return an empty response that clears the browser's caches, also of pages that Back shows.

    The sign-in page loads it: only then the page before it is in such a cache. Drafts stay, since
    a session may end while somebody writes.
    """
    response = Response(status=204, headers={"Cache-Control": "no-store"})
    if is_same_origin():
        response.headers[HEADER] = '"cache"'
    return response


def has_left() -> bool:
    """Return whether a member was signed in here, and neither they nor another is now."""
    return LEFT in session or "_user_id" in session


def has_signed_out() -> bool:
    """Return whether the last member signed out here themselves."""
    return LEFT in session


def may_be_cached() -> bool:
    """Return whether the browser will clear its caches if it is told to: not on plain http."""
    host = urlsplit(request.host_url).hostname or ""
    return settings.https or request.is_secure or host in LOOPBACK or host.endswith(".localhost")


def keep_out_of_caches(response: Response) -> None:
    """Let the browser store nothing of a private page or file that it could not clear."""
    control = response.cache_control
    if control.private and control.max_age is None and not may_be_cached():
        response.headers["Cache-Control"] = "private, no-store"
