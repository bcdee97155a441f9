"""Health checks for monitoring."""

from flask import Blueprint, Response

from linkmsg.web import health

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz() -> Response:
    """Answer 200, which tells that the process responds."""
    return Response("alive\n", mimetype="text/plain")


@bp.get("/readyz")
def readyz() -> Response:
    """Answer 200 if the database can be read and the disk written; else 503 with the reason."""
    fault = health.fault()
    return Response(f"{fault or 'ready'}\n", 503 if fault else 200, mimetype="text/plain")


@bp.get("/robots.txt")
def robots() -> Response:
    """Tell search engines to index nothing."""
    return Response("User-agent: *\nDisallow: /\n", mimetype="text/plain")
