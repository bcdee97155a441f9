"""Names that complete what is typed in a filter of the search page."""

from flask import request, url_for
from flask.typing import ResponseReturnValue

from linkmsg import search
from linkmsg.web import auth, rate_limits
from linkmsg.web.responses import fragment_or_redirect
from linkmsg.web.search_request import clean_query

# The fields that take a name. The page asks with the one that is typed in.
FIELDS = ("from", "with")


def suggestions() -> ResponseReturnValue:
    """Return the people whom a half-typed name in a filter may mean, as a list of options."""
    name = next((each for each in FIELDS if each in request.args), FIELDS[0])
    rate_limits.enforce_search_limit(auth.viewer(), typing=True)
    people = search.suggest_people(auth.viewer(), clean_query(request.args.get(name, "")))
    return fragment_or_redirect(
        url_for("search.find"), "search/people.html", name=name, people=people
    )
