"""People: finding them, and who they are."""

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func
from werkzeug.exceptions import NotFound

from linkmsg import clock
from linkmsg.db import db
from linkmsg.models import Connection, Member, Relationship
from linkmsg.models.people import PeoplePage, mutual_with, people_matching
from linkmsg.web import auth, pagination, permissions, rate_limits
from linkmsg.web.responses import page

SHOWN = 3


def find() -> ResponseReturnValue:
    """Members by any part of their name, headline or company; without words, all others."""
    q = request.args.get("q", "").strip()
    rate_limits.charge_search(auth.viewer())
    members = people_matching(auth.viewer(), q, clock.now())
    if not q:
        members = members.where(Member.id != auth.viewer().id)
    found = PeoplePage.page_of(members, pagination.wanted())
    return page(
        "people/find.html",
        q=q,
        people=found.rows,
        total=found.total,
        pages=pagination.of(found, q=q),
    )


def profile(handle: str) -> ResponseReturnValue:
    """Who somebody is, and how one stands to her. Old handles lead on."""
    try:
        other = permissions.person(handle)
    except NotFound:
        return _lead_on(handle)
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
    """Whom both know."""
    me, other = auth.viewer(), permissions.person(handle)
    if me.id == other.id:
        return redirect(url_for("network.connections"), 303)
    found = PeoplePage.page_of(mutual_with(me, other, clock.now()), pagination.wanted())
    pages = pagination.of(found, handle=handle)
    return page("people/mutuals.html", person=other, people=found.rows, pages=pages)


def _shared(me: Member, other: Member) -> tuple[list[Member], int]:
    """The first of those whom both know, and how many there are."""
    if me.id == other.id:
        return [], 0
    mutual = Connection.mutual_members(me.id, other.id)
    first = list(db.session.scalars(mutual.limit(SHOWN)))
    if len(first) < SHOWN:
        return first, len(first)
    total = mutual.order_by(None).with_only_columns(func.count())
    return first, db.session.scalar(total) or 0


def _lead_on(handle: str) -> ResponseReturnValue:
    member = permissions.renamed(handle)
    if member is None or member.is_closed:
        abort(404)
    return redirect(url_for("people.profile", handle=member.handle), 303)
