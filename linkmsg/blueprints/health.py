"""Health checks for monitoring."""

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
    """Answer 200, which tells that the process responds."""
    return Response("alive\n", mimetype="text/plain")


@bp.get("/readyz")
def readyz() -> Response:
    """Answer 200 if the database can be read and the data folder can be written.

    Otherwise answer 503 with the reason.
    """
    try:
        db.session.execute(select(Member.id).limit(1))
    except SQLAlchemyError:
        current_app.logger.exception("the database does not respond")
        return Response("the database does not respond\n", 503, mimetype="text/plain")
    if not os.access(settings.data_dir, os.W_OK):
        return Response("the data folder is not writable\n", 503, mimetype="text/plain")
    return Response("ready\n", mimetype="text/plain")


@bp.get("/robots.txt")
def robots() -> Response:
    """Tell search engines to index nothing."""
    return Response("User-agent: *\nDisallow: /\n", mimetype="text/plain")
