"""The session cookie: signed by Flask; how long it is valid is decided by the database."""

from typing import Any

from flask import Flask, Response
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import TimestampSigner, URLSafeTimedSerializer

from linkmsg.web import static_files


class UndatedSigner(TimestampSigner):
    """A signer that checks signatures but no ages.

    itsdangerous refuses a signature from the future: when the clock was set back by an hour,
    everybody who signed in during that hour would be signed out.
    """

    def unsign(  # type: ignore[override]
        self, signed_value: str | bytes, max_age: int | None = None, **options: Any
    ) -> Any:
        """Return the value without its signature; `max_age` is ignored."""
        return super().unsign(signed_value, None, **options)


class UndatedSessionInterface(SecureCookieSessionInterface):
    """Flask's session cookie without a maximum age: `MemberSession` has the time of sign-in."""

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return Flask's serializer with a signer that checks no ages."""
        serializer = super().get_signing_serializer(app)
        if serializer is not None:
            serializer.signer = UndatedSigner
        return serializer

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Save the session, and let the response vary by it; but not with a file for caches.

        Flask-Login reads the session in each request. With `Vary: Cookie`, Firefox and WebKit
        would fetch all such files again whenever the cookie changes.
        """
        if not static_files.is_same_for_all(response):
            super().save_session(app, session, response)
