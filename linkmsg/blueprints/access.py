"""Who is asking, and what is hers: the first line of every door."""

from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

from flask import Flask, abort, g, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from linkmsg import clock
from linkmsg.actions import sessions
from linkmsg.db import db
from linkmsg.models import Attachment, Conversation, Member, MemberSession, OldHandle, Participation

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
    return SignedIn(found[1], found[0], token)


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


def admin() -> Member:
    """The member who is asking, if she is an admin; to all others there is nothing here."""
    if not viewer().is_admin:
        abort(404)
    return viewer()


def check_part(conversation_id: int) -> None:
    """Check that I take part in a conversation, as `my_participation` does, and give nothing."""
    if not Participation.is_of(viewer().id, conversation_id):
        abort(404)


def my_participation(conversation_id: int) -> tuple[Participation, Conversation]:
    """My part in a conversation; one that is not mine does not exist."""
    found = db.session.execute(*Participation.of(viewer(), conversation_id)).one_or_none()
    if found is None:
        abort(404)
    return found[0], found[1]


def attachment(key: str) -> Attachment:
    """A file that is the viewer's to send, or was sent where she takes part; else there is none."""
    found = db.session.scalars(Attachment.seen_by(viewer(), key)).one_or_none()
    if found is None:
        abort(404)
    return found


def person(handle: str) -> Member:
    """The member with this handle; one whose account is closed does not exist."""
    if not Member.is_handle(handle):
        abort(404)
    member = db.session.scalars(Member.by_handle(handle)).one_or_none()
    if member is None or (member.closed and member.id != viewer().id):
        abort(404)
    return member


def renamed(handle: str) -> Member | None:
    """The member who had this handle until lately."""
    return db.session.scalars(OldHandle.leading_on(handle, clock.now())).one_or_none()


def local(address: str) -> str:
    """An address on this site, or the front door's if it leads anywhere else."""
    is_path = address.startswith("/") and not address.startswith("//")
    if is_path and address.isprintable() and "\\" not in address:
        return address
    return url_for("accounts.home")


def came_from(said_in: str = "HX-Current-URL") -> str:
    """The page that asked for a fragment; by the Referer, the one whose link was followed."""
    try:
        parts = urlsplit(request.headers.get(said_in, ""))
    except ValueError:
        return url_for("accounts.home")
    return local(f"{parts.path}?{parts.query}" if parts.query else parts.path or "/")


def is_ours() -> bool:
    """Whether a form was sent from one of our own pages, as the browser tells it."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return origin is None or origin == request.host_url.rstrip("/")


def _end_session() -> None:
    if current_user.is_authenticated:
        sessions.end(viewer(), signed_in().session.id)
