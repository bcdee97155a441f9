"""Authentication: which member and which session a request belongs to."""

from dataclasses import dataclass
from typing import cast

from flask import Flask, g, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from itsdangerous import BadData
from werkzeug.http import parse_cookie

from linkmsg import clock
from linkmsg.actions import sessions
from linkmsg.db import db
from linkmsg.models import Member, MemberSession, snapshot
from linkmsg.web.session_cookie import UndatedSessionInterface

login_manager = LoginManager()
PASSWORD_AT = "password_at"
PASSWORD_SECONDS = 15 * 60


@dataclass
class SignedInUser(UserMixin):  # type: ignore[misc]
    """Flask-Login's user: a member and their session. Its id is the token in the session cookie.

    `instance_name` is None if nobody has named this installation, and "" if it was not read.
    """

    member: Member
    session: MemberSession
    token: str
    instance_name: str | None = ""

    def get_id(self) -> str:
        """Return the token of the session, which Flask-Login stores in the cookie."""
        return self.token


def init_app(app: Flask) -> None:
    """Set up Flask-Login for `app`, without its checks of the IP address and browser."""
    login_manager.init_app(app, add_context_processor=False)  # an error page needs no database
    login_manager.session_protection = None


@login_manager.user_loader  # type: ignore[untyped-decorator]
def load_user(token: str) -> SignedInUser | None:
    """Return the user of a session token; None if the session ended or the account is closed."""
    row = db.session.execute(*MemberSession.with_member(token)).one_or_none()
    if row is None or not row[0].is_alive(clock.now()):
        return None
    session, member, label, name = row
    snapshot.remember(label)
    return SignedInUser(member, session, token, name)


def session_in_cookies(app: Flask, cookies: str) -> str:
    """Return the session token in a Cookie header, if the app has signed it; else ""."""
    serializer = UndatedSessionInterface().get_signing_serializer(app)
    try:
        value = parse_cookie(cookies).get(app.config["SESSION_COOKIE_NAME"], "")
        return str(serializer.loads(value).get("_user_id", "")) if serializer else ""
    except (BadData, AttributeError, ValueError):
        return ""


def signed_in_user() -> SignedInUser:
    """Return the user who makes this request; call it only if somebody is signed in."""
    return cast(SignedInUser, current_user._get_current_object())


def viewer() -> Member:
    """Return the signed-in member who makes this request."""
    return signed_in_user().member


def sign_in(member: Member, *, remember: bool) -> None:
    """Start a session for this browser, and end the one it had.

    With `remember` the session cookie stays when the browser is closed.

    Raises:
        ActionRefused: The password was changed or the account closed during the sign-in.
    """
    _end_session()
    token = sessions.start(
        member,
        remember=remember,
        user_agent=request.user_agent.string,
        address=request.remote_addr or "",
        language=preferred_language(),
    )
    session.clear()
    g.pop("csrf_token", None)  # Flask-WTF caches the token of the old session
    session.permanent = remember
    continue_with(token, member)


def continue_with(token: str, member: Member) -> None:
    """Put a session's token into the cookie, after the member has typed their password."""
    login_user(SignedInUser(member, MemberSession(), token))
    record_password()


def preferred_language() -> str:
    """Return the first language of this browser, such as "en-US"; "" if it does not say."""
    return request.accept_languages.best or ""


def record_password() -> None:
    """Store in the signed cookie that the member has just typed their password."""
    session[PASSWORD_AT] = clock.now().timestamp()


def knows_password() -> bool:
    """Return whether the password was typed in this browser in the last 15 minutes."""
    age = clock.now().timestamp() - float(session.get(PASSWORD_AT, 0))
    return 0 <= age < PASSWORD_SECONDS


def sign_out() -> None:
    """End this browser's session, and clear its cookie."""
    _end_session()
    logout_user()
    session.clear()


def _end_session() -> None:
    if current_user.is_authenticated:
        sessions.end(viewer(), signed_in_user().session.id)
