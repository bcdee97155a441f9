"""Tokens of links (invitation, set-up, new password), kept in the session of the browser."""

from flask import Response, make_response, redirect, session, url_for


def keep_token(name: str, token: str, endpoint: str) -> Response:
    """Keep a token in the session under a name, and redirect to a route without it.

    So neither the browser's history nor a log of later requests has it.
    """
    session[name] = token[:100]  # no valid token is longer
    return make_response(redirect(url_for(endpoint), 303))
