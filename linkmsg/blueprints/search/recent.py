"""Recent searches of a member."""

from flask import Response, current_app, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from linkmsg import search
from linkmsg.actions import recent_searches
from linkmsg.web import auth
from linkmsg.web.responses import done
from linkmsg.web.search_request import clean


def remember() -> ResponseReturnValue:
    """Keep what was typed and then left as it was."""
    text = clean(request.form.get("q", ""))
    if not search.parse_query(auth.viewer(), text).is_empty:
        keep(text)
    return Response(status=204)


def forget() -> ResponseReturnValue:
    """Forget what was searched for."""
    recent_searches.clear(auth.viewer())
    return done(url_for("search.find"))


def keep(text: str) -> None:
    """Keep a search among the recent ones; a database that is busy must not cost the page."""
    try:
        recent_searches.remember(auth.viewer(), text)
    except SQLAlchemyError:
        current_app.logger.exception("a search was not kept among the recent ones")
