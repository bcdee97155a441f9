"""Browsers that have signed in before: others' failures do not hold them up."""

import hashlib
import secrets

from flask import Response, current_app, make_response, request
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeSerializer

from linkmsg.config import settings
from linkmsg.models import Member

COOKIE = "device"
KEPT = 365 * 24 * 60 * 60


def known(email: str) -> str:
    """The name of this browser, if this account has signed in from it before; else nothing."""
    try:
        name, accounts = _serializer().loads(request.cookies.get(COOKIE, ""))
    except (BadSignature, ValueError, TypeError):
        return ""
    return str(name) if _mark(email) in accounts else ""


def remember(member: Member, answer: ResponseReturnValue) -> Response:
    """Let this browser keep that the member has signed in from it."""
    response = make_response(answer)
    try:
        name, accounts = _serializer().loads(request.cookies.get(COOKIE, ""))
    except (BadSignature, ValueError, TypeError):
        name, accounts = secrets.token_urlsafe(8), []
    kept = [*(each for each in accounts if each != _mark(member.email)), _mark(member.email)][-5:]
    response.set_cookie(
        COOKIE,
        _serializer().dumps([name, kept]),
        max_age=KEPT,
        secure=settings.https,
        httponly=True,
        samesite="Lax",
    )
    return response


def _mark(email: str) -> str:
    """An account, without its address in the cookie."""
    return hashlib.sha256(Member.normalize_email(email).encode()).hexdigest()[:16]


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="device")
