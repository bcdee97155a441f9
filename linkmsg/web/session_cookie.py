"""The session cookie: signed by Flask; how long it is valid is decided by the database."""

from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import TimestampSigner, URLSafeTimedSerializer


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
