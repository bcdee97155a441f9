"""Recent searches of a member."""

from flask import Response, current_app, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from linkmsg import search
from linkmsg.actions import recent_searches
from linkmsg.web import auth
from linkmsg.web.responses import redirect_after_post
from linkmsg.web.search_request import clean_query


def remember() -> ResponseReturnValue:
    """Keep what was typed and then left as it was."""
    text = clean_query(request.form.get("q", ""))
    if not search.understood(auth.viewer(), text).is_empty:
        record_search(text)
    return Response(status=204)


def forget() -> ResponseReturnValue:
    """Forget what was searched for."""
    recent_searches.clear(auth.viewer())
    return redirect_after_post(url_for("search.find"))


def record_search(text: str) -> None:
    """Keep a search among the recent ones; a database that is busy must not cost the page."""
    try:
        recent_searches.remember(auth.viewer(), text)
    except SQLAlchemyError:
        current_app.logger.exception("a search was not kept among the recent ones")
