"""Searching: one's messages, and the people and files beside them."""

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from linkmsg import search
from linkmsg.blueprints.search.recent import keep
from linkmsg.db import db
from linkmsg.forms import filter_form
from linkmsg.models import Member, RecentSearch
from linkmsg.models.member_matches import MemberMatch
from linkmsg.search import Results
from linkmsg.web import auth, empty_state, permissions, rate_limits, search_filters
from linkmsg.web.responses import is_partial, page
from linkmsg.web.search_request import SearchRequest

PAGE = 20
# What asks while one types, as htmx names it: the field, and the wait for its turn.
TYPED = {"input#q", "div#results"}
# So many hits are shown again, all at once, when one comes back to them.
MOST = 200


def find() -> ResponseReturnValue:
    """What one finds; without words, what one searched for lately and how to search."""
    if filter_form.is_filled_in(request.args):
        return redirect(filter_form.written_out(auth.viewer(), request.args).address(), 303)
    wanted = SearchRequest.of(request.args)
    if not wanted.text:
        return _start(wanted)
    try:
        rate_limits.charge_search(auth.viewer(), typing=_is_typing() or is_partial())
    except rate_limits.Limited as fault:
        if not _is_typing():
            raise
        return fault.tell(page("search/wait.html", wanted=wanted, seconds=fault.seconds))
    return _found(wanted)


def _start(wanted: SearchRequest) -> Response:
    return page(
        "search/page.html",
        wanted=wanted,
        chips=search_filters.chips(auth.viewer(), wanted, None),
        fields=filter_form.fields(None),
        other=_other(wanted),
        name=search_filters.example(auth.viewer()),
        results=None,
        recent=list(db.session.scalars(RecentSearch.of(auth.viewer()))),
    )


def _found(wanted: SearchRequest) -> Response:
    me, other = auth.viewer(), _other(wanted)
    results = search.find(
        me,
        wanted.text,
        best=wanted.best,
        conversation_id=wanted.place,
        cursor=wanted.next,
        size=PAGE if wanted.next else min(max(wanted.shown, PAGE), MOST),
    )
    people, more_people = _people(wanted, results)
    shown = len(results.hits) + (wanted.shown if wanted.next else 0)
    answer = page(
        "search/more.html" if wanted.next and is_partial() else "search/page.html",
        wanted=wanted,
        chips=search_filters.chips(me, wanted, results),
        fields=filter_form.fields(results.query),
        other=other,
        results=results,
        empty_state=empty_state.of_search(wanted, results, has_people=bool(people)),
        people=people,
        more_people=more_people,
        shown=shown,
        size=PAGE,
        most=MOST,
    )
    if wanted.next and is_partial():
        answer.headers["HX-Replace-Url"] = wanted.changed(next="", shown=min(shown, MOST)).address()
    elif not (_is_typing() or wanted.next or results.query.is_empty):
        keep(wanted.text)
    return answer


def _is_typing() -> bool:
    """Whether the page asks while one types. It selects from a page, so htmx calls that full."""
    return request.headers.get("HX-Source") in TYPED


def _people(wanted: SearchRequest, results: Results) -> tuple[list[MemberMatch], bool]:
    """Members whose names or work hold all the words, where nothing but words is asked for."""
    words = results.query.plain_text
    if wanted.next or wanted.place or results.query.filters or not _has_letters(words):
        return [], False
    return MemberMatch.best(auth.viewer(), words)


def _has_letters(text: str) -> bool:
    return any(each.isalnum() for each in text)


def _other(wanted: SearchRequest) -> Member | None:
    """Who is talked to in the conversation that the search was begun from."""
    if wanted.inside is None:
        return None
    _, conversation = permissions.my_participation(wanted.inside)
    return db.session.get_one(Member, conversation.peer_of(auth.viewer().id))
