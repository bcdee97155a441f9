"""Addresses from requests that are safe to redirect to, because they stay on this site."""

from urllib.parse import urlsplit

from flask import request, url_for


def local_path(address: str) -> str:
    """Return the address if it is a path on this site, else the path of the home page."""
    is_path = address.startswith("/") and not address.startswith("//")
    if is_path and address.isprintable() and "\\" not in address:
        return address
    return url_for("accounts.home")


def referring_path(header: str = "HX-Current-URL") -> str:
    """Return the path and query of the page that sent the request, from a header with its URL.

    Without the header, or if its URL is invalid, this is the path of the home page.
    """
    try:
        parts = urlsplit(request.headers.get(header, ""))
    except ValueError:
        return url_for("accounts.home")
    return local_path(f"{parts.path}?{parts.query}" if parts.query else parts.path or "/")
