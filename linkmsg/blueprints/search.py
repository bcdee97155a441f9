"""Searching: one's messages, and the people and files beside them."""

from flask import Blueprint, Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from linkmsg import search
from linkmsg.actions import searching
from linkmsg.blueprints import access, chips, limits, narrowing
from linkmsg.blueprints.answers import done, is_partial, page
from linkmsg.blueprints.wanted import Wanted, clean
from linkmsg.db import db
from linkmsg.models import Member, RecentSearch
from linkmsg.models.named import Named
from linkmsg.search import Results

door = Blueprint("search", __name__)

PAGE = 20
# What asks while one types, as htmx names it: the field, and the wait for its turn.
TYPED = {"input#q", "div#found"}
# So many hits are shown again, all at once, when one comes back to them.
MOST = 200


@door.get("/search")
def find() -> ResponseReturnValue:
    """What one finds; without words, what one searched for lately and how to search."""
    if narrowing.is_filled_in(request.args):
        return redirect(narrowing.written_out(access.viewer(), request.args).address(), 303)
    wanted = Wanted.of(request.args)
    if not wanted.text:
        return _start(wanted)
    try:
        limits.charge_search(access.viewer(), typing=_is_typing() or is_partial())
    except limits.Limited as fault:
        if not _is_typing():
            raise
        return fault.tell(page("search/wait.html", wanted=wanted, seconds=fault.seconds))
    return _found(wanted)


@door.post("/search/recent")
def remember() -> ResponseReturnValue:
    """Keep what was typed and then left as it was."""
    text = clean(request.form.get("q", ""))
    if not search.understood(access.viewer(), text).is_empty:
        _keep(text)
    return Response(status=204)


@door.post("/search/recent/forget")
def forget() -> ResponseReturnValue:
    """Forget what was searched for."""
    searching.forget(access.viewer())
    return done(url_for("search.find"))


def _start(wanted: Wanted) -> Response:
    return page(
        "search/page.html",
        wanted=wanted,
        chips=chips.chips(access.viewer(), wanted, None),
        fields=narrowing.fields(None),
        other=_other(wanted),
        name=chips.example(access.viewer()),
        results=None,
        recent=list(db.session.scalars(RecentSearch.of(access.viewer()))),
    )


def _found(wanted: Wanted) -> Response:
    me, other = access.viewer(), _other(wanted)
    results = search.find(
        me,
        wanted.text,
        best=wanted.best,
        inside=wanted.place,
        after=wanted.next,
        size=PAGE if wanted.next else min(max(wanted.shown, PAGE), MOST),
    )
    people, more_people = _people(wanted, results)
    shown = len(results.hits) + (wanted.shown if wanted.next else 0)
    answer = page(
        "search/more.html" if wanted.next and is_partial() else "search/page.html",
        wanted=wanted,
        chips=chips.chips(me, wanted, results),
        fields=narrowing.fields(results.asked),
        other=other,
        results=results,
        people=people,
        more_people=more_people,
        shown=shown,
        size=PAGE,
        most=MOST,
    )
    if wanted.next and is_partial():
        answer.headers["HX-Replace-Url"] = wanted.changed(next="", shown=min(shown, MOST)).address()
    elif not (_is_typing() or wanted.next or results.asked.is_empty):
        _keep(wanted.text)
    return answer


def _is_typing() -> bool:
    """Whether the page asks while one types. It selects from a page, so htmx calls that full."""
    return request.headers.get("HX-Source") in TYPED


def _keep(text: str) -> None:
    """Keep a search among the recent ones; a database that is busy must not cost the page."""
    try:
        searching.remember(access.viewer(), text)
    except SQLAlchemyError:
        current_app.logger.exception("a search was not kept among the recent ones")


def _people(wanted: Wanted, results: Results) -> tuple[list[Named], bool]:
    """Members whose names or work hold all the words, where nothing but words is asked for."""
    words = results.asked.plain
    if wanted.next or wanted.place or results.asked.filters or not _has_letters(words):
        return [], False
    return Named.first(access.viewer(), words)


def _has_letters(text: str) -> bool:
    return any(each.isalnum() for each in text)


def _other(wanted: Wanted) -> Member | None:
    """Who is talked to in the conversation that the search was begun from."""
    if wanted.inside is None:
        return None
    _, conversation = access.my_participation(wanted.inside)
    return db.session.get_one(Member, conversation.peer_of(access.viewer().id))
