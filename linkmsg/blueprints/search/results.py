"""The search page: messages with their files, and people."""

from typing import Any

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from linkmsg import clock, search
from linkmsg.blueprints.messaging.thread import thread_beside_results
from linkmsg.blueprints.search.recent import record_search
from linkmsg.db import db
from linkmsg.forms import filter_form
from linkmsg.models import Member, RecentSearch
from linkmsg.models.member_matches import MemberMatch
from linkmsg.search import Results
from linkmsg.web import auth, empty_state, permissions, rate_limits, search_filters
from linkmsg.web.responses import is_fragment_request, page
from linkmsg.web.search_request import SearchRequest

PAGE_SIZE = 20
# The elements that search in an open page, as htmx names them: the field of the search page and
# that of the inbox, the retry, and the form with its filters.
TYPING_SOURCES = {"input#q", "input#list-q", "div#results", "form#search"}
# The number of hits that a page shows at once when someone returns to it.
MAX_HITS = 200


def find() -> ResponseReturnValue:
    """Show the results of a search; without a query, recent searches and examples.

    A submitted filter form redirects to the search that it asks for.
    """
    if filter_form.is_filled_in(request.args):
        return redirect(filter_form.search_request_of(auth.viewer(), request.args).address(), 303)
    search_request = SearchRequest.of(request.args)
    if not search_request.text:
        return _start(search_request)
    try:
        rate_limits.enforce_search_limit(
            auth.viewer(), typing=_is_typing() or is_fragment_request()
        )
    except rate_limits.RateLimited as error:
        if not _is_typing():
            raise
        return _wait(search_request, error)
    return _found(search_request)


def _wait(search_request: SearchRequest, error: rate_limits.RateLimited) -> Response:
    """Answer a search that was made while typing and came too fast.

    The answer is a fragment that repeats the search by itself after some seconds.
    """
    return page("search/wait.html", search_request=search_request, seconds=error.seconds)


def _start(search_request: SearchRequest) -> Response:
    return page(
        "search/page.html",
        search_request=search_request,
        filters=search_filters.filter_links(auth.viewer(), search_request, None),
        fields=filter_form.field_values(None),
        peer=_peer(search_request),
        name=search_filters.example_name(auth.viewer()),
        results=None,
        recent=list(db.session.scalars(RecentSearch.of(auth.viewer()))),
        **_beside(search_request),
    )


def _found(search_request: SearchRequest) -> Response:
    me, peer = auth.viewer(), _peer(search_request)
    results = search.find(
        me,
        search_request.text,
        best=search_request.best,
        conversation_id=search_request.conversation_id,
        cursor=search_request.next,
        size=PAGE_SIZE
        if search_request.next
        else min(max(search_request.shown, PAGE_SIZE), MAX_HITS),
    )
    people, more_people = _people(search_request, results)
    shown = len(results.hits) + (search_request.shown if search_request.next else 0)
    answer = page(
        "search/more.html" if search_request.next and is_fragment_request() else "search/page.html",
        search_request=search_request,
        filters=search_filters.filter_links(me, search_request, results),
        fields=filter_form.field_values(results.query),
        peer=peer,
        results=results,
        empty_state=empty_state.of_search(search_request, results, has_people=bool(people)),
        people=people,
        more_people=more_people,
        shown=shown,
        size=PAGE_SIZE,
        most=MAX_HITS,
        **_beside(search_request),
    )
    if search_request.next and is_fragment_request():
        answer.headers["HX-Replace-Url"] = search_request.with_changes(
            next="", shown=min(shown, MAX_HITS)
        ).address()
    elif not (_is_typing() or search_request.next or results.query.is_empty):
        record_search(search_request.text)
    return answer


def _beside(search_request: SearchRequest) -> dict[str, Any]:
    """Return what the page shows beside the results: the conversation that is open, if any.

    An open page asks for the results alone while the member types.
    """
    is_results_only = _is_typing() or is_fragment_request()
    if is_results_only or search_request.open is None:
        return {"is_results_only": is_results_only, "thread": None}
    shown = thread_beside_results(search_request.open, search_request.at, search_request.text)
    return {"is_results_only": False, **shown}


def _is_typing() -> bool:
    """Return whether the field, or a filter, of an open page sent the search."""
    return request.headers.get("HX-Source") in TYPING_SOURCES


def _people(search_request: SearchRequest, results: Results) -> tuple[list[MemberMatch], bool]:
    """Return the members who match the words of a query, and whether there are more.

    The list is empty on later pages, in a search of one conversation, and with filters.
    """
    words = results.query.plain_text
    if (
        search_request.next
        or search_request.conversation_id
        or results.query.filters
        or not _has_letters(words)
    ):
        return [], False
    return MemberMatch.best(auth.viewer(), words, clock.now())


def _has_letters(text: str) -> bool:
    return any(each.isalnum() for each in text)


def _peer(search_request: SearchRequest) -> Member | None:
    """Return the other member of the conversation that the search was started from.

    None if it was started elsewhere; HTTP 404 if the conversation is not one's own.
    """
    if search_request.inside is None:
        return None
    _, conversation = permissions.my_participation(search_request.inside)
    return db.session.get_one(Member, conversation.peer_of(auth.viewer().id))
