"""Origins: which site sent a request. Other sites can send no form and set no cookie here."""

from flask import Flask, Response, request
from flask.sessions import SessionMixin

from linkmsg.config import settings
from linkmsg.web.session_cookie import UndatedSessionInterface

READING = {"GET", "HEAD", "OPTIONS", "TRACE"}


class OtherSite(Exception):
    """Raised if a form comes from a page of another site."""


class SessionCookie(UndatedSessionInterface):
    """Flask's session in a cookie; requests of other sites can set no cookie at all.

    A browser sends SameSite=Lax cookies with no form of another site, but accepts new ones in the
    answer. The session of a signed-out visitor would replace that of a member.
    """

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Store the session in the response; Flask calls this last, after all other cookies."""
        super().save_session(app, session, response)
        if not may_set_cookies():
            response.headers.remove("Set-Cookie")


def init_app(app: Flask) -> None:
    """Refuse forms of other sites before anything else of a request to `app`."""
    app.session_interface = SessionCookie()
    app.before_request(refuse_other_sites)


def refuse_other_sites() -> None:
    """Let requests pass that only read, and forms of this site.

    Raises:
        OtherSite: A page of another site sent the request.
    """
    if request.method in READING or is_same_origin():
        return
    raise OtherSite


def our_origin() -> str:
    """Return the origin (scheme, host and port) of this site: the configured one, if there is one.

    Without `base_url` it is that of the request.
    """
    return settings.base_url or f"{request.scheme}://{request.host.lower()}"


def is_same_origin() -> bool:
    """Return whether a page of this site sent the request, as far as the browser's headers tell.

    Also true for an address that somebody typed, and if the browser sends none of these headers.
    A browser that says "same-origin" has compared the addresses itself, and is right even if
    `base_url` is wrong.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site == "same-origin":
        return True
    return site in {None, "none"} and origin in {None, our_origin()}


def is_opened_in_tab() -> bool:
    """Return whether a browser says that it opens this address as a page."""
    return request.headers.get("Sec-Fetch-Dest") == "document"


def may_set_cookies() -> bool:
    """Return whether the answer may set cookies: to this site, and to a link from another one.

    With a link that opens a page, browsers send the cookies that they have, so none is replaced
    unseen.
    """
    is_link = (
        request.method in READING
        and request.headers.get("Sec-Fetch-Mode") == "navigate"
        and is_opened_in_tab()
        and "Origin" not in request.headers
    )
    return is_link or is_same_origin()


def may_open_socket() -> bool:
    """Return whether the request for a WebSocket comes from a page of this site.

    With an https address, it may not come over plain http, as far as the proxy tells.
    """
    forwarded = request.headers.get("X-Forwarded-Proto", "").rpartition(",")[2].strip().lower()
    is_plain = settings.https and forwarded in {"http", "ws"}
    return request.headers.get("Origin") == our_origin() and not is_plain
