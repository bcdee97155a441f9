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
    """Record a search that was typed and then left unchanged."""
    text = clean_query(request.form.get("q", ""))
    if not search.parse_query(auth.viewer(), text).is_empty:
        record_search(text)
    return Response(status=204)


def forget() -> ResponseReturnValue:
    """Clear the recent searches."""
    recent_searches.clear(auth.viewer())
    return redirect_after_post(url_for("search.find"))


def record_search(text: str) -> None:
    """Record a search; log the error if the database is busy."""
    try:
        recent_searches.remember(auth.viewer(), text)
    except SQLAlchemyError:
        current_app.logger.exception("could not record a search")
