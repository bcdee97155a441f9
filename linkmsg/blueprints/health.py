"""Is it alive, is it ready: for those who watch over the server."""

import os

from flask import Blueprint, Response, current_app
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from linkmsg.config import settings
from linkmsg.db import db
from linkmsg.models import Member

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return Response("alive\n", mimetype="text/plain")


@bp.get("/readyz")
def readyz() -> Response:
    """The database has its schema, and the data folder can be written to."""
    try:
        db.session.execute(select(Member.id).limit(1))
    except SQLAlchemyError:
        current_app.logger.exception("the database does not answer")
        return Response("the database does not answer\n", 503, mimetype="text/plain")
    if not os.access(settings.data_dir, os.W_OK):
        return Response("the data folder can't be written to\n", 503, mimetype="text/plain")
    return Response("ready\n", mimetype="text/plain")


@bp.get("/robots.txt")
def robots() -> Response:
    """Nothing here is for search engines."""
    return Response("User-agent: *\nDisallow: /\n", mimetype="text/plain")
