"""Browsers that have signed in before; each has password attempts of its own to use up.

So someone who guesses an account's password from elsewhere does not lock its owner out.
"""

import hashlib
import secrets

from flask import Response, current_app, make_response, request
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeSerializer

from linkmsg.config import settings
from linkmsg.models import Member

# Until the prefix was used, cookies had the plain name on https too.
COOKIE, SECURE_COOKIE = "device", "__Host-device"
COOKIE_SECONDS = 365 * 24 * 60 * 60
MAX_ACCOUNTS = 5


def device_id(email: str) -> str:
    """Return the id of this browser if the account has signed in from it before, else ""."""
    device, accounts = _from_cookie()
    return device if _account_hash(email) in accounts else ""


def remember(member: Member, answer: ResponseReturnValue) -> Response:
    """Return the answer with a cookie that says that the member has signed in from this browser.

    The cookie is signed. It has an id of the browser, and hashes of its last accounts.
    """
    response = make_response(answer)
    device, accounts = _from_cookie()
    account = _account_hash(member.email)
    accounts = [*(each for each in accounts if each != account), account][-MAX_ACCOUNTS:]
    response.set_cookie(
        SECURE_COOKIE if settings.https else COOKIE,
        _serializer().dumps([device or secrets.token_urlsafe(8), accounts]),
        max_age=COOKIE_SECONDS,
        secure=settings.https,
        httponly=True,
        samesite="Lax",
    )
    if settings.https and COOKIE in request.cookies:
        response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="Lax")
    return response


def _from_cookie() -> tuple[str, list[str]]:
    """Return the id and the accounts in the cookie of this browser; "" and none without one."""
    names = (SECURE_COOKIE, COOKIE) if settings.https else (COOKIE,)
    for name in names:
        try:
            device, accounts = _serializer().loads(request.cookies.get(name, ""))
            return str(device), [str(each) for each in accounts]
        except (BadSignature, ValueError, TypeError):
            continue
    return "", []


def _account_hash(email: str) -> str:
    """Return a short hash of an email address, so that the cookie contains no address."""
    return hashlib.sha256(Member.normalize_email(email).encode()).hexdigest()[:16]


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="device")
