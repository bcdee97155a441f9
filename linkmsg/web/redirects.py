"""Redirects: addresses that a request names, kept to this site."""

from urllib.parse import urlsplit

from flask import request, url_for


def local(address: str) -> str:
    """An address on this site, or the front door's if it leads anywhere else."""
    is_path = address.startswith("/") and not address.startswith("//")
    if is_path and address.isprintable() and "\\" not in address:
        return address
    return url_for("accounts.home")


def came_from(said_in: str = "HX-Current-URL") -> str:
    """The page that asked for a fragment; by the Referer, the one whose link was followed."""
    try:
        parts = urlsplit(request.headers.get(said_in, ""))
    except ValueError:
        return url_for("accounts.home")
    return local(f"{parts.path}?{parts.query}" if parts.query else parts.path or "/")


def is_ours() -> bool:
    """Whether a form was sent from one of our own pages, as the browser tells it."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return origin is None or origin == request.host_url.rstrip("/")
