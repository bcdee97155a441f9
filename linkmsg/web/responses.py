"""Responses: full pages and fragments (parts of pages, for htmx), template variables, headers."""

from functools import cache
from typing import Any, cast

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
from linkmsg.db import db
from linkmsg.live import connection
from linkmsg.live.hub import Hub
from linkmsg.models import Instance, Invitation, Member, Participation, snapshot
from linkmsg.web import origins, site_address, site_data, static_files
from linkmsg.web.invite_links import can_invite_people

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "media-src 'self' blob:; connect-src 'self'; font-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'; worker-src 'self'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
    "Cache-Control": "private, no-cache",
}
# The request headers on which the response at an address depends.
VARY = "HX-Request-Type, Cookie, Save-Data"


def init_app(app: Flask) -> None:
    """Give all templates of `app` their common variables, and all responses the common headers."""
    app.context_processor(template_context)
    app.after_request(add_headers)


def is_fragment_request() -> bool:
    """Return whether htmx asks for part of a page; for its history it asks for full pages."""
    is_partial = request.headers.get("HX-Request-Type") == "partial"
    return is_partial and not origins.is_opened_in_tab()


def page(template: str, status: int = 200, **context: Any) -> Response:
    """Return a rendered template, as a full page or as the part of it that htmx asks for."""
    return make_response(render_template(template, **context), status)


def form_status() -> int:
    """Return the status of a page with a form: 422 if the form was sent and has errors."""
    return 422 if request.method == "POST" else 200


def fragment_or_redirect(address: str, template: str, **context: Any) -> ResponseReturnValue:
    """Return a part of a page to htmx, or without JavaScript redirect to the page at `address`."""
    if is_fragment_request():
        return page(template, **context)
    return redirect(address, 303)


def redirect_after_post(address: str, sentence: str = "", undo: str = "") -> ResponseReturnValue:
    """Redirect after a form was processed; the next page shows the sentence, if there is one.

    Beside it is a button *Undo* that sends a form to the path `undo`, if there is one.
    """
    if sentence:
        flash(sentence, undo or "message")
    if is_fragment_request():
        return Response(status=204, headers={"HX-Redirect": address})
    return redirect(address, 303)


def template_context() -> dict[str, Any]:
    """Return the variables that every template gets, such as `viewer`, `layout` and `now`."""
    partial = is_fragment_request()
    member = None if "internal_error" in g else _current_member()
    counts = cache(lambda: _badge_counts(member))  # a query only where a template shows them
    return {
        "viewer": member,
        "unread_total": LocalProxy(lambda: counts()[0]),
        "invitation_total": LocalProxy(lambda: counts()[1]),
        "layout": "layouts/fragment.html" if partial else "layouts/page.html",
        "desk_layout": "layouts/split_view_fragment.html" if partial else "layouts/split_view.html",
        "section": SECTIONS.get(request.blueprint or "", ""),
        "settings": settings,
        "can_invite_people": can_invite_people,
        "instance_name": LocalProxy(instance_name),
        "address_notice": site_address.notice() if member and member.is_admin else "",
        "now": clock.now(),
        "snapshot": "" if "internal_error" in g else snapshot.label(),
        "present": Hub.current().present,
        "saving": request.headers.get("Save-Data", "").lower() == "on",
        "beat": connection.HEARTBEAT_INTERVAL,
        # The sentence of a form is for the page that follows, not for a part that asks meanwhile.
        "toasts": [] if partial or "internal_error" in g else _toasts(),
    }


UNNAMED = "linkmsg"
SECTIONS = {"messaging": "messaging", "search": "search", "network": "network", "people": "network"}
SECTIONS |= dict.fromkeys(("settings", "admin", "members", "place"), "me")


def instance_name() -> str:
    """Return the name that an admin gave this installation; `linkmsg` before that."""
    if "internal_error" in g:
        return UNNAMED
    if "instance_name" not in g:
        name = current_user.instance_name if current_user.is_authenticated else ""
        if name == "":
            name = db.session.scalar(select(Instance.name))
        g.instance_name = name or UNNAMED
    return str(g.instance_name)


def _toasts() -> list[tuple[str, str]]:
    """Return the sentences for this page, each with the path of the form that undoes it, or ""."""
    flashed = cast(list[tuple[str, str]], get_flashed_messages(with_categories=True))
    return [(sentence, undo if undo.startswith("/") else "") for undo, sentence in flashed]


def _current_member() -> Member | None:
    return current_user.member if current_user.is_authenticated else None


def _badge_counts(member: Member | None) -> tuple[int, int]:
    """Return how many unread messages a member has, and how many invitations they can answer.

    Both are 0 for None, when nobody is signed in.
    """
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


def add_headers(response: Response) -> Response:
    """Add the security and cache headers that a response does not have yet.

    Browsers ask again for a page each time, and no shared cache stores it.
    """
    is_file = request.endpoint == "static" and response.status_code < 400
    defaults = static_files.HEADERS if is_file else HEADERS
    if settings.https:
        defaults = defaults | {"Strict-Transport-Security": "max-age=31536000"}
    headers = response.headers
    there = {name.lower() for name in headers.keys()}  # noqa: SIM118 - these are pairs
    headers.extend({name: defaults[name] for name in defaults if name.lower() not in there})
    if not is_file:
        headers["Vary"] = f"{headers['Vary']}, {VARY}" if "vary" in there else VARY
        site_data.keep_out_of_caches(response)
    return response
