"""People search and profiles."""

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func
from werkzeug.exceptions import NotFound

from linkmsg import clock
from linkmsg.db import db
from linkmsg.models import Connection, Member, Relationship
from linkmsg.models.people import PeoplePage, mutual_with, people_matching
from linkmsg.models.text import one_line
from linkmsg.web import auth, pagination, permissions, rate_limits
from linkmsg.web.responses import page

SHOWN = 3


def find() -> ResponseReturnValue:
    """List members by name, headline or company; without a query, all other members."""
    q = one_line(request.args.get("q", ""))
    rate_limits.enforce_search_limit(auth.viewer())
    members = people_matching(auth.viewer(), q, clock.now())
    if not q:
        members = members.where(Member.id != auth.viewer().id)
    found = PeoplePage.page_of(members, pagination.requested_page())
    return page(
        "people/find.html",
        q=q,
        people=found.rows,
        total=found.total,
        pages=pagination.page_links(found, q=q),
    )


def profile(handle: str) -> ResponseReturnValue:
    """Show a member's profile; a handle that they recently changed redirects to the current one."""
    try:
        other = permissions.member_by_handle(handle)
    except NotFound:
        return _redirect_old_handle(handle)
    me = auth.viewer()
    shared, total = _shared(me, other)
    return page(
        "people/profile.html",
        person=other,
        relationship=Relationship.between(me, other.id, clock.now()),
        section="me" if me.id == other.id else "network",
        mutuals=shared,
        mutual_total=total,
        connection_total=db.session.scalar(Connection.count_of(other)),
    )


def mutuals(handle: str) -> ResponseReturnValue:
    """List the members who are connected both to the signed-in member and to this one."""
    me, other = auth.viewer(), permissions.member_by_handle(handle)
    if me.id == other.id:
        return redirect(url_for("network.connections", sort="recent"), 303)
    found = PeoplePage.page_of(mutual_with(me, other, clock.now()), pagination.requested_page())
    pages = pagination.page_links(found, handle=handle)
    return page("people/mutuals.html", person=other, people=found.rows, pages=pages)


def _shared(me: Member, other: Member) -> tuple[list[Member], int]:
    """Return up to SHOWN mutual connections of two members, and how many they have in all."""
    if me.id == other.id:
        return [], 0
    mutual = Connection.mutual_members(me.id, other.id)
    first = list(db.session.scalars(mutual.limit(SHOWN)))
    if len(first) < SHOWN:
        return first, len(first)
    total = mutual.order_by(None).with_only_columns(func.count())
    return first, db.session.scalar(total) or 0


def _redirect_old_handle(handle: str) -> ResponseReturnValue:
    member = permissions.member_by_old_handle(handle)
    if member is None or member.is_closed:
        abort(404)
    return redirect(url_for("people.profile", handle=member.handle), 303)
