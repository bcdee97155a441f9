"""Authentication: which member and which session a request belongs to."""

from dataclasses import dataclass
from typing import cast

from flask import Flask, g, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from linkmsg import clock
from linkmsg.actions import sessions
from linkmsg.db import db
from linkmsg.models import Member, MemberSession, snapshot

logins = LoginManager()


@dataclass
class SignedIn(UserMixin):  # type: ignore[misc]
    """Flask-Login's user: a session and its member. Its id is the session's token."""

    member: Member
    session: MemberSession
    token: str

    def get_id(self) -> str:
        """The token, which the cookie carries."""
        return self.token


def init_app(app: Flask) -> None:
    """Let `app` know who is asking."""
    logins.init_app(app, add_context_processor=False)  # a fault page must need no database
    logins.session_protection = None


@logins.user_loader  # type: ignore[untyped-decorator]
def load(token: str) -> SignedIn | None:
    """The session of a token, unless it has ended or the account is closed."""
    found = db.session.execute(*MemberSession.with_member(token)).one_or_none()
    if found is None or not found[0].is_alive(clock.now()):
        return None
    session, member, label = found
    snapshot.remember(label)
    return SignedIn(member, session, token)


def signed_in() -> SignedIn:
    """Who is asking."""
    return cast(SignedIn, current_user._get_current_object())


def viewer() -> Member:
    """The member who is asking."""
    return signed_in().member


def sign_in(member: Member, *, remember: bool) -> None:
    """Open a session for this browser, in place of any that it had."""
    _end_session()
    token = sessions.start(
        member,
        remember=remember,
        user_agent=request.user_agent.string,
        address=request.remote_addr or "",
    )
    session.clear()
    g.pop("csrf_token", None)  # Flask-WTF keeps the old session's for this request
    session.permanent = remember
    login_user(SignedIn(member, MemberSession(), token))


def sign_out() -> None:
    """End this browser's session."""
    _end_session()
    logout_user()
    session.clear()


def _end_session() -> None:
    if current_user.is_authenticated:
        sessions.end(viewer(), signed_in().session.id)
