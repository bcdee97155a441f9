"""Answers: a page or a fragment, as the request asks, with the headers that every answer has."""

from functools import cache
from typing import Any

from flask import (
    Flask,
    Response,
    flash,
    g,
    get_flashed_messages,
    make_response,
    redirect,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select
from werkzeug.local import LocalProxy

from linkmsg import clock
from linkmsg.config import settings
from linkmsg.db import as_of, db
from linkmsg.live import connection
from linkmsg.live.hub import Hub
from linkmsg.models import Instance, Invitation, Member, Participation
from linkmsg.web import static_files

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "media-src 'self' blob:; connect-src 'self'; font-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'; worker-src 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
    "Cache-Control": "private, no-cache",
}
# By what pages and fragments of one address differ.
VARY = "HX-Request-Type, Cookie, Save-Data"


def init_app(app: Flask) -> None:
    """Give the templates what all of them know, and every answer its headers."""
    app.context_processor(common)
    app.after_request(finish)


def is_partial() -> bool:
    """Whether htmx asks for a fragment; it restores history with full pages."""
    return request.headers.get("HX-Request-Type") == "partial"


def page(template: str, status: int = 200, **context: Any) -> Response:
    """A page, or its fragment."""
    return make_response(render_template(template, **context), status)


def fragment_or(address: str, template: str, **context: Any) -> ResponseReturnValue:
    """What follows a form that was done: the fragment for htmx, else on to a page."""
    if is_partial():
        return page(template, **context)
    return redirect(address, 303)


def done(address: str, sentence: str = "") -> ResponseReturnValue:
    """What follows a form that was done: on to a page, where a sentence says so."""
    if sentence:
        flash(sentence)
    if is_partial():
        return Response(status=204, headers={"HX-Redirect": address})
    return redirect(address, 303)


def common() -> dict[str, Any]:
    """What every template knows without being told."""
    partial = is_partial()
    member = None if "fault" in g else _member()
    counts = cache(lambda: _counts(member))  # many fragments show none
    return {
        "viewer": member,
        "unread_total": LocalProxy(lambda: counts()[0]),
        "invitation_total": LocalProxy(lambda: counts()[1]),
        "layout": "layouts/fragment.html" if partial else "layouts/page.html",
        "desk_layout": "layouts/split_view_fragment.html" if partial else "layouts/split_view.html",
        "section": SECTIONS.get(request.blueprint or "", ""),
        "settings": settings,
        "now": clock.now(),
        "as_of": "" if "fault" in g else as_of(),
        "present": Hub.here().present,
        "saving": request.headers.get("Save-Data", "").lower() == "on",
        "beat": connection.BEAT_EVERY,
        "toasts": [] if "fault" in g else get_flashed_messages(),
    }


SECTIONS = {"messaging": "messaging", "search": "search", "network": "network", "people": "network"}
SECTIONS |= {"settings": "me", "admin": "me"}


def instance_name() -> str:
    """What this place is called."""
    return db.session.scalar(select(Instance.name)) or "linkmsg"


def _member() -> Member | None:
    return current_user.member if current_user.is_authenticated else None


def _counts(member: Member | None) -> tuple[int, int]:
    """What waits for a member: messages to read, invitations to answer."""
    if member is None:
        return 0, 0
    counts = (
        Participation.unread_total(member.id),
        Invitation.count_received_by(member, clock.now()),
    )
    unread, invitations = db.session.execute(
        select(*(count.scalar_subquery() for count in counts))
    ).one()
    return unread, invitations


def finish(response: Response) -> Response:
    """Headers for safety, and for what may be kept: pages are asked for anew, never shared."""
    is_file = request.endpoint == "static" and response.status_code < 400
    wanted = static_files.HEADERS if is_file else HEADERS
    if settings.https:
        wanted = wanted | {"Strict-Transport-Security": "max-age=31536000"}
    headers = response.headers
    there = {name.lower() for name in headers.keys()}  # noqa: SIM118 - these are pairs
    headers.extend({name: wanted[name] for name in wanted if name.lower() not in there})
    if not is_file:
        headers["Vary"] = f"{headers['Vary']}, {VARY}" if "vary" in there else VARY
    return response
