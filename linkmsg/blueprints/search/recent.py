"""The recent searches of a member."""

from flask import Response, current_app, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from linkmsg import search
from linkmsg.actions import recent_searches
from linkmsg.web import auth
from linkmsg.web.responses import redirect_after_post
from linkmsg.web.search_request import clean_query


def remember() -> ResponseReturnValue:
    """Add a search to the recent ones, after it was typed and then left unchanged.

    One with nothing to search for is ignored.
    """
    text = clean_query(request.form.get("q", ""))
    if not search.parse_query(auth.viewer(), text).is_empty:
        record_search(text)
    return Response(status=204)


def forget() -> ResponseReturnValue:
    """Delete all recent searches of the signed-in member."""
    recent_searches.clear(auth.viewer())
    return redirect_after_post(url_for("search.find"))


def record_search(text: str) -> None:
    """Add a search to a member's recent ones; if the database is busy, only log the error."""
    try:
        recent_searches.remember(auth.viewer(), text)
    except SQLAlchemyError:
        current_app.logger.exception("could not record a search")
